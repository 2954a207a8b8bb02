package dev.settle.core.kernel;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.Plan.OnExhausted;
import dev.settle.core.model.Resources;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.scheduler.ChargedAllocation;
import dev.settle.core.scheduler.LimitUsageAnswer;
import dev.settle.core.scheduler.WaitReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What happens when the account runs out of credits: interrupt the run, or wait with a banner. */
final class Credits {
    /** A job that ended so far below its time limit did not reach it; Slurm checks limits once a minute. */
    private static final double FAR_BELOW_LIMIT = 0.8;

    private static final Duration FAR_BELOW_LIMIT_MIN = Duration.ofSeconds(30);
    private static final int SPEND_QUESTIONS_MAX = 3;
    private static final Duration SPEND_PAUSE = Duration.ofSeconds(5);

    /** How long Slurm's own line in the output of an early TIMEOUT is waited for, and how often it is looked for. */
    private static final Duration LINE_LATE_MAX = Duration.ofSeconds(30);

    private static final Duration LINE_PAUSE = Duration.ofSeconds(5);

    private final KernelContext context;

    /** Submissions are refused for lack of credit: only a submission that is taken shows that it came. */
    private boolean refused;

    /** For whose job the spend is being asked; the answer serves all that wait. */
    private Optional<ItemId> asking = Optional.empty();

    Credits(KernelContext context) {
        this.context = context;
        this.refused = context.state.awaitedCredit().isPresent() && context.waitingForCredit() == 0;
    }

    /**
     * A job waits for credit, as its queue said more than once: asks who has spent how much, once for all that wait,
     * and then stops the run or raises the banner.
     */
    void waits(Item item, String source, String word, String says) {
        if (context.isStopping() || context.state.awaitedCredit().isPresent()) {
            return;
        }
        LiveItemState live = context.live(item);
        if (live.end().spend.isEmpty()) {
            boolean anotherAsks =
                    asking.filter(id -> !id.equals(item.id()) && isAsking(id)).isPresent();
            if (!anotherAsks) {
                asking = Optional.of(item.id());
                ask(item, live);
            }
            return;
        }
        LimitUsageAnswer answer = live.end().spend.get();
        // What was spent by now says nothing of how this job will end.
        live.end().spend = Optional.empty();
        live.end().spendQuestions = 0;
        Instant now = context.stamp();
        List<Stop.Evidence> evidence = new ArrayList<>(List.of(new Stop.Evidence(source, now, word)));
        if (!answer.figures().isEmpty()) {
            evidence.add(new Stop.Evidence(answer.source(), now, answer.figures()));
        }
        String figures = answer.figures().isEmpty() ? account(item) : ": " + answer.figures();
        exhausted(new Stop(
                StopReason.OUT_OF_CREDITS,
                Optional.of(says + figures),
                context.state.plan().credits().topupUrl(),
                now,
                evidence));
    }

    private boolean isAsking(ItemId id) {
        Item other = context.item(id);
        return other.state().isLive() && context.live(other).isSpendAsked();
    }

    private static String account(Item item) {
        return item.plan()
                .resources()
                .account()
                .map(account -> " (account " + account + ")")
                .orElse("");
    }

    /** Somebody with authority said that the allocation is spent. */
    private void exhausted(Stop stop) {
        if (context.policy.onExhausted() == OnExhausted.INTERRUPT) {
            context.stop(stop);
        } else if (context.state.awaitedCredit().isEmpty() && !context.isStopping()) {
            context.emit(new RunEvent.CreditAwaited(stop));
        }
    }

    void refused(Stop stop) {
        refused = true;
        exhausted(stop);
    }

    void accepted() {
        refused = false;
        checkBack();
    }

    static boolean waitsForCredit(Item item) {
        return item.state() == ItemState.QUEUED
                && item.waitReason()
                        .filter(why -> why.kind() == WaitReason.Kind.CREDITS)
                        .isPresent();
    }

    /** Credit came: nothing waits for it any more. */
    void checkBack() {
        if (context.state.awaitedCredit().isPresent() && !refused && context.waitingForCredit() == 0) {
            context.emit(new RunEvent.CreditBack());
        }
    }

    /** How many items may be sent now, to find out whether credit came; all of them when none is awaited. */
    int mayStart(int free, boolean isFlying) {
        if (context.state.awaitedCredit().isEmpty()) {
            return free;
        }
        // A refused submission can be asked about in no other way than by sending one item again.
        return context.waitingForCredit() > 0 || isFlying ? 0 : Math.min(free, 1);
    }

    /**
     * A job that Slurm ended because the allocation ran out looks like one that reached its time limit (slurm.md, 22);
     * it is told apart by Slurm's own line in its output, or by a spend that is at its limit.
     *
     * @return the ruling, or what it is in truth; empty while that is asked
     */
    Optional<Outcome> check(Item item, Outcome ruling, LiveItemState live, ItemFiles files) {
        if (ruling.reason() != ItemReason.TIME_LIMIT || !endedFarBelowLimit(item, ruling)) {
            return Optional.of(ruling);
        }
        if (files.spentReason().isPresent()) {
            return Optional.of(
                    outOfCredits(item, ruling, "slurmstepd", files.spentReason().get()));
        }
        Optional<LimitUsageAnswer.Kind> answer = live.end().spend.map(LimitUsageAnswer::kind);
        boolean untold = answer.isEmpty() || answer.get() == LimitUsageAnswer.Kind.NO_ANSWER;
        if (untold && (live.end().spendAsked || live.end().spendQuestions < SPEND_QUESTIONS_MAX)) {
            ask(item, live);
            return Optional.empty();
        }
        if (live.end().spend.isPresent() && live.end().spend.get() instanceof LimitUsageAnswer.AtLimit limit) {
            return Optional.of(outOfCredits(item, ruling, limit.source(), limit.text()));
        }
        return awaitsLine(item, live) ? Optional.empty() : Optional.of(ruling);
    }

    /** Slurm's line may come after the exit record: the output is read again for a while. */
    private boolean awaitsLine(Item item, LiveItemState live) {
        if (context.policy.backend() == BackendName.LOCAL) {
            return false;
        }
        LiveItemState.End end = live.end();
        if (end.lineAwaitedSince.isEmpty()) {
            end.lineAwaitedSince = Optional.of(context.now());
            end.lineReadAt = context.now();
            context.remind(item, LINE_PAUSE);
        }
        Instant until = end.lineAwaitedSince.get().plus(Policy.min(LINE_LATE_MAX, context.policy.settleTimeout()));
        if (!context.now().isBefore(end.lineReadAt.plus(LINE_PAUSE)) && end.lineReadAt.isBefore(until)) {
            end.lineReadAt = context.now();
            end.filesAsked = true;
            context.perform(new KernelCommand.ReadFiles(item.id()));
            context.remind(item, LINE_PAUSE);
            return true;
        }
        return context.now().isBefore(until);
    }

    /**
     * The same for a verdict that is corrected: by what Slurm's own line says, for which the output is read once more. The
     * spend is not asked any more.
     *
     * @return empty while the output is read
     */
    Optional<Outcome> told(Item item, Outcome ruling, LiveItemState.End end) {
        if (ruling.reason() != ItemReason.TIME_LIMIT || !endedFarBelowLimit(item, ruling)) {
            return Optional.of(ruling);
        }
        Optional<String> line = end.files.flatMap(ItemFiles::spentReason);
        boolean readsAgain = line.isEmpty()
                && !end.readAgain
                && context.state.ended().isEmpty();
        if (readsAgain) {
            end.readAgain = true;
            end.filesAsked = true;
            context.perform(new KernelCommand.ReadFiles(item.id()));
            return Optional.empty();
        }
        return Optional.of(
                line.map(text -> outOfCredits(item, ruling, "slurmstepd", text)).orElse(ruling));
    }

    private void ask(Item item, LiveItemState live) {
        if (!live.end().spendAsked && context.now().compareTo(live.end().spendNotBefore) >= 0) {
            live.end().spendAsked = true;
            live.end().spendQuestions++;
            Resources resources = item.plan().resources();
            ChargedAllocation charge =
                    new ChargedAllocation(item.attempt().jobId(), resources.account(), resources.qos());
            context.perform(new KernelCommand.AskSpend(item.id(), charge));
        }
    }

    void answered(Item item, LimitUsageAnswer answer) {
        LiveItemState live = context.live(item);
        if (!live.end().spendAsked) {
            return;
        }
        live.end().spendAsked = false;
        if (item.state() == ItemState.RUNNING) {
            // It waited when the question was asked.
            return;
        }
        live.end().spend = Optional.of(answer);
        if (answer.kind() == LimitUsageAnswer.Kind.NO_ANSWER) {
            live.end().spendNotBefore = context.now().plus(SPEND_PAUSE);
            context.remind(item, SPEND_PAUSE);
        }
    }

    private static boolean endedFarBelowLimit(Item item, Outcome ruling) {
        Optional<Duration> limit = item.attempt().observations().stream()
                .flatMap(s -> s.timeLimit().stream())
                .findFirst()
                .or(() -> item.plan().resources().timeLimit());
        Optional<Duration> elapsed = elapsed(ruling);
        return limit.isPresent()
                && elapsed.isPresent()
                && elapsed.get().toMillis() < limit.get().toMillis() * FAR_BELOW_LIMIT
                && limit.get().minus(elapsed.get()).compareTo(FAR_BELOW_LIMIT_MIN) >= 0;
    }

    private static Optional<Duration> elapsed(Outcome ruling) {
        if (ruling.usage().elapsedSeconds().isPresent()) {
            return Optional.of(
                    Duration.ofSeconds(ruling.usage().elapsedSeconds().getAsLong()));
        }
        Optional<Instant> from = ruling.startedAt();
        Optional<Instant> to = ruling.finishedAt();
        return from.isPresent() && to.isPresent()
                ? Optional.of(Duration.between(from.get(), to.get()))
                : Optional.empty();
    }

    private Outcome outOfCredits(Item item, Outcome ruling, String source, String text) {
        Stop stop = new Stop(
                StopReason.OUT_OF_CREDITS,
                Optional.of("Slurm ended " + item.id() + " because the allocation is spent: " + text),
                context.state.plan().credits().topupUrl(),
                context.stamp(),
                List.of(new Stop.Evidence(source, context.stamp(), text)));
        if (context.policy.onExhausted() == OnExhausted.INTERRUPT) {
            // Where the plan waits, the reasons of the jobs that wait next raise the banner.
            context.stop(stop);
        }
        return ruling.with(ItemState.FAILED, ItemReason.OUT_OF_CREDITS, Optional.of(text));
    }
}
