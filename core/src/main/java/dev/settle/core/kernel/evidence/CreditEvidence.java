package dev.settle.core.kernel.evidence;

import dev.settle.core.kernel.state.Credits;
import dev.settle.core.kernel.state.ItemFiles;
import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.Plan.OnExhausted;
import dev.settle.core.model.Resources;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.scheduler.ChargedAllocation;
import dev.settle.core.scheduler.LimitUsageAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether a job waits, or was ended, because its allocation is used up. */
public final class CreditEvidence {
    /** A job that ended so far below its time limit did not reach it; Slurm checks limits once a minute. */
    private static final double FAR_BELOW_LIMIT = 0.8;

    private static final Duration FAR_BELOW_LIMIT_MIN = Duration.ofSeconds(30);
    private static final int USAGE_QUERIES_MAX = 3;
    private static final Duration USAGE_PAUSE = Duration.ofSeconds(5);

    /** How long Slurm's own line in the output of an early TIMEOUT is waited for, and how often it is looked for. */
    private static final Duration LINE_LATE_MAX = Duration.ofSeconds(30);

    private static final Duration LINE_PAUSE = Duration.ofSeconds(5);

    private final KernelContext context;
    private final LiveItems liveItems;
    private final Credits credits;

    /** For whose job the usage is being queried; the answer serves all that wait. */
    private Optional<ItemId> queried = Optional.empty();

    public CreditEvidence(KernelContext context, LiveItems liveItems, Credits credits) {
        this.context = context;
        this.liveItems = liveItems;
        this.credits = credits;
    }

    /**
     * A job waits for credit, as its queue reported more than once: asks how much is used, once for all that wait, and
     * then stops the run or raises the banner.
     */
    void waits(Item item, String source, String word, String report) {
        if (context.isStopping() || credits.isAwaited()) {
            return;
        }
        LimitUsage usage = liveItems.of(item).end().limitUsage();
        if (usage.answer().isEmpty()) {
            boolean anotherIsQueried =
                    queried.filter(id -> !id.equals(item.id()) && isQueried(id)).isPresent();
            if (!anotherIsQueried) {
                queried = Optional.of(item.id());
                query(item, usage);
            }
            return;
        }
        LimitUsageAnswer answer = usage.answer().get();
        usage.forgetAnswer();
        Instant now = context.clock().stamp();
        List<Stop.Evidence> evidence = new ArrayList<>(List.of(new Stop.Evidence(source, now, word)));
        if (!answer.figures().isEmpty()) {
            evidence.add(new Stop.Evidence(answer.source(), now, answer.figures()));
        }
        String figures = answer.figures().isEmpty() ? account(item) : ": " + answer.figures();
        credits.exhausted(new Stop(
                StopReason.OUT_OF_CREDITS,
                Optional.of(report + figures),
                context.state().plan().credits().topupUrl(),
                now,
                evidence));
    }

    private boolean isQueried(ItemId id) {
        Item other = context.item(id);
        return other.state().isLive()
                && liveItems
                        .of(other)
                        .endIfAny()
                        .filter(end -> end.limitUsage().isOpen())
                        .isPresent();
    }

    private static String account(Item item) {
        return item.plan()
                .resources()
                .account()
                .map(account -> " (account " + account + ")")
                .orElse("");
    }

    /**
     * A job that Slurm ended because the allocation ran out looks like one that reached its time limit (slurm.md, 22);
     * it is told apart by Slurm's own line in its output, or by a usage that is at its limit.
     *
     * @return the ruling, or what it is in truth; empty while that is being found out
     */
    Optional<Outcome> check(Item item, Outcome ruling, ItemFiles files) {
        if (ruling.reason() != ItemReason.TIME_LIMIT || !endedFarBelowLimit(item, ruling)) {
            return Optional.of(ruling);
        }
        if (files.spentReason().isPresent()) {
            return Optional.of(
                    outOfCredits(item, ruling, "slurmstepd", files.spentReason().get()));
        }
        EndEvidence end = liveItems.of(item).end();
        Optional<LimitUsageAnswer> answer = end.limitUsage().answer();
        boolean unanswered = answer.filter(known -> known.kind() != LimitUsageAnswer.Kind.NO_ANSWER)
                .isEmpty();
        if (unanswered && end.limitUsage().mayBeAnswered(USAGE_QUERIES_MAX)) {
            query(item, end.limitUsage());
            return Optional.empty();
        }
        if (answer.isPresent() && answer.get() instanceof LimitUsageAnswer.AtLimit limit) {
            return Optional.of(outOfCredits(item, ruling, limit.source(), limit.text()));
        }
        return awaitsLine(item, end.output()) ? Optional.empty() : Optional.of(ruling);
    }

    /** Slurm's line may come after the exit record: the output is read again for a while. */
    private boolean awaitsLine(Item item, ItemOutput output) {
        if (context.policy().backend() == BackendName.LOCAL) {
            return false;
        }
        Instant now = context.now();
        if (output.awaitLine(now)) {
            context.remind(item, LINE_PAUSE);
        }
        Instant until = output.lineAwaitedUntil(
                Policy.min(LINE_LATE_MAX, context.policy().settleTimeout()));
        if (output.isBeingRead()) {
            return true;
        }
        if (output.requestLine(now, LINE_PAUSE, until)) {
            context.perform(new KernelCommand.ReadFiles(item.id()));
            context.remind(item, LINE_PAUSE);
            return true;
        }
        return now.isBefore(until);
    }

    /**
     * The same for a verdict that is corrected: by Slurm's own line alone, for which the output is read once more. The
     * usage is not queried any more.
     *
     * @return empty while the output is read
     */
    Optional<Outcome> checkCorrection(Item item, Outcome ruling) {
        if (ruling.reason() != ItemReason.TIME_LIMIT || !endedFarBelowLimit(item, ruling)) {
            return Optional.of(ruling);
        }
        ItemOutput output = liveItems.of(item).end().output();
        Optional<String> line = output.files().flatMap(ItemFiles::spentReason);
        if (line.isEmpty() && context.state().ended().isEmpty()) {
            if (output.requestForCorrection()) {
                context.perform(new KernelCommand.ReadFiles(item.id()));
            }
            if (output.isBeingRead()) {
                return Optional.empty();
            }
        }
        return Optional.of(
                line.map(text -> outOfCredits(item, ruling, "slurmstepd", text)).orElse(ruling));
    }

    private void query(Item item, LimitUsage usage) {
        if (usage.query(context.now())) {
            Resources resources = item.requested();
            ChargedAllocation charge =
                    new ChargedAllocation(item.attempt().jobId(), resources.account(), resources.qos());
            context.perform(new KernelCommand.QueryLimitUsage(item.id(), charge));
        }
    }

    /** The usage of the limit was answered, or could not be. */
    public void answered(Item item, LimitUsageAnswer answer) {
        LimitUsage usage = liveItems.of(item).end().limitUsage();
        // An item that runs by now waited when the query was sent.
        if (!usage.close() || item.state() == ItemState.RUNNING) {
            return;
        }
        usage.keep(answer);
        if (answer.kind() == LimitUsageAnswer.Kind.NO_ANSWER) {
            usage.pauseUntil(context.now().plus(USAGE_PAUSE));
            context.remind(item, USAGE_PAUSE);
        }
    }

    /** A job whose limit no source has named yet may have ended far below it. */
    private static boolean endedFarBelowLimit(Item item, Outcome ruling) {
        Optional<Duration> limit = item.attempt().observations().stream()
                .flatMap(s -> s.timeLimit().stream())
                .findFirst()
                .or(() -> item.requested().timeLimit());
        Optional<Duration> elapsed = elapsed(ruling);
        if (limit.isEmpty()) {
            return true;
        }
        return elapsed.isPresent()
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
                context.state().plan().credits().topupUrl(),
                context.clock().stamp(),
                List.of(new Stop.Evidence(source, context.clock().stamp(), text)));
        if (context.policy().onExhausted() == OnExhausted.INTERRUPT) {
            // Where the plan waits, the reasons of the jobs that wait next raise the banner.
            context.stop(stop);
        }
        return ruling.with(ItemState.FAILED, ItemReason.OUT_OF_CREDITS, Optional.of(text));
    }
}
