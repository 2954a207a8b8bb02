package dev.settle.core.drive;

import dev.settle.core.item.Item;
import dev.settle.core.item.ItemState;
import dev.settle.core.item.Outcome;
import dev.settle.core.plan.ItemId;
import dev.settle.core.plan.ItemReason;
import dev.settle.core.plan.Plan.BackendName;
import dev.settle.core.plan.Plan.OnExhausted;
import dev.settle.core.plan.Resources;
import dev.settle.core.port.Charge;
import dev.settle.core.port.SpendAnswer;
import dev.settle.core.port.WaitReason;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
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

    private final Board board;

    /** Submissions are refused for lack of credit: only a submission that is taken shows that it came. */
    private boolean refused;

    /** For whose job the spend is being asked; the answer serves all that wait. */
    private Optional<ItemId> asking = Optional.empty();

    Credits(Board board) {
        this.board = board;
        this.refused = board.state.awaitedCredit().isPresent() && board.waitingForCredit() == 0;
    }

    /**
     * A job waits for credit, as its queue said more than once: asks who has spent how much, once for all that wait,
     * and then stops the run or raises the banner.
     */
    void waits(Item item, String source, String word, String says) {
        if (board.isStopping() || board.state.awaitedCredit().isPresent()) {
            return;
        }
        Track track = board.track(item);
        if (track.end().spend.isEmpty()) {
            boolean anotherAsks =
                    asking.filter(id -> !id.equals(item.id()) && isAsking(id)).isPresent();
            if (!anotherAsks) {
                asking = Optional.of(item.id());
                ask(item, track);
            }
            return;
        }
        SpendAnswer answer = track.end().spend.get();
        // What was spent by now says nothing of how this job will end.
        track.end().spend = Optional.empty();
        track.end().spendQuestions = 0;
        Instant now = board.stamp();
        List<Stop.Evidence> evidence = new ArrayList<>(List.of(new Stop.Evidence(source, now, word)));
        if (!answer.figures().isEmpty()) {
            evidence.add(new Stop.Evidence(answer.source(), now, answer.figures()));
        }
        String figures = answer.figures().isEmpty() ? account(item) : ": " + answer.figures();
        exhausted(new Stop(
                StopReason.OUT_OF_CREDITS,
                Optional.of(says + figures),
                board.state.plan().credits().topupUrl(),
                now,
                evidence));
    }

    private boolean isAsking(ItemId id) {
        Item other = board.item(id);
        return other.state().isLive() && board.track(other).isSpendAsked();
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
        if (board.policy.onExhausted() == OnExhausted.INTERRUPT) {
            board.stop(stop);
        } else if (board.state.awaitedCredit().isEmpty() && !board.isStopping()) {
            board.emit(new RunEvent.CreditAwaited(stop));
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
        if (board.state.awaitedCredit().isPresent() && !refused && board.waitingForCredit() == 0) {
            board.emit(new RunEvent.CreditBack());
        }
    }

    /** How many items may be sent now, to find out whether credit came; all of them when none is awaited. */
    int mayStart(int free, boolean isFlying) {
        if (board.state.awaitedCredit().isEmpty()) {
            return free;
        }
        // A refused submission can be asked about in no other way than by sending one item again.
        return board.waitingForCredit() > 0 || isFlying ? 0 : Math.min(free, 1);
    }

    /**
     * A job that Slurm ended because the allocation ran out looks like one that reached its time limit (slurm.md, 22);
     * it is told apart by Slurm's own line in its output, or by a spend that is at its limit.
     *
     * @return the ruling, or what it is in truth; empty while that is asked
     */
    Optional<Outcome> check(Item item, Outcome ruling, Track track, ItemFiles files) {
        if (ruling.reason() != ItemReason.TIME_LIMIT || !endedFarBelowLimit(item, ruling)) {
            return Optional.of(ruling);
        }
        if (!board.doctrine.holds(Check.CREDITS_NEED_A_WITNESS)) {
            return Optional.of(outOfCredits(item, ruling, "guess", "it ended early"));
        }
        if (files.spentReason().isPresent()) {
            return Optional.of(
                    outOfCredits(item, ruling, "slurmstepd", files.spentReason().get()));
        }
        Optional<SpendAnswer.Kind> answer = track.end().spend.map(SpendAnswer::kind);
        boolean untold = answer.isEmpty() || answer.get() == SpendAnswer.Kind.NO_ANSWER;
        if (untold && (track.end().spendAsked || track.end().spendQuestions < SPEND_QUESTIONS_MAX)) {
            ask(item, track);
            return Optional.empty();
        }
        if (track.end().spend.isPresent() && track.end().spend.get() instanceof SpendAnswer.AtLimit limit) {
            return Optional.of(outOfCredits(item, ruling, limit.source(), limit.text()));
        }
        return awaitsLine(item, track) ? Optional.empty() : Optional.of(ruling);
    }

    /** Slurm's line may come after the exit record: the output is read again for a while. */
    private boolean awaitsLine(Item item, Track track) {
        if (!board.doctrine.holds(Check.OUTPUT_ONCE_MORE) || board.policy.backend() == BackendName.LOCAL) {
            return false;
        }
        Track.End end = track.end();
        if (end.lineAwaitedSince.isEmpty()) {
            end.lineAwaitedSince = Optional.of(board.now());
            end.lineReadAt = board.now();
            board.remind(item, LINE_PAUSE);
        }
        Instant until = end.lineAwaitedSince.get().plus(Policy.min(LINE_LATE_MAX, board.policy.settleTimeout()));
        if (!board.now().isBefore(end.lineReadAt.plus(LINE_PAUSE)) && end.lineReadAt.isBefore(until)) {
            end.lineReadAt = board.now();
            end.filesAsked = true;
            board.perform(new Command.ReadFiles(item.id()));
            board.remind(item, LINE_PAUSE);
            return true;
        }
        return board.now().isBefore(until);
    }

    /**
     * The same for a verdict that is corrected: by what Slurm's own line says, for which the output is read once more. The
     * spend is not asked any more.
     *
     * @return empty while the output is read
     */
    Optional<Outcome> told(Item item, Outcome ruling, Track.End end) {
        if (ruling.reason() != ItemReason.TIME_LIMIT || !endedFarBelowLimit(item, ruling)) {
            return Optional.of(ruling);
        }
        Optional<String> line = end.files.flatMap(ItemFiles::spentReason);
        boolean readsAgain = line.isEmpty()
                && !end.readAgain
                && board.state.ended().isEmpty()
                && board.doctrine.holds(Check.OUTPUT_ONCE_MORE);
        if (readsAgain) {
            end.readAgain = true;
            end.filesAsked = true;
            board.perform(new Command.ReadFiles(item.id()));
            return Optional.empty();
        }
        return Optional.of(
                line.map(text -> outOfCredits(item, ruling, "slurmstepd", text)).orElse(ruling));
    }

    private void ask(Item item, Track track) {
        if (!track.end().spendAsked && board.now().compareTo(track.end().spendNotBefore) >= 0) {
            track.end().spendAsked = true;
            track.end().spendQuestions++;
            Resources resources = item.plan().resources();
            Charge charge = new Charge(item.attempt().jobId(), resources.account(), resources.qos());
            board.perform(new Command.AskSpend(item.id(), charge));
        }
    }

    void answered(Item item, SpendAnswer answer) {
        Track track = board.track(item);
        if (!track.end().spendAsked) {
            return;
        }
        track.end().spendAsked = false;
        if (item.state() == ItemState.RUNNING) {
            // It waited when the question was asked.
            return;
        }
        track.end().spend = Optional.of(answer);
        if (answer.kind() == SpendAnswer.Kind.NO_ANSWER) {
            track.end().spendNotBefore = board.now().plus(SPEND_PAUSE);
            board.remind(item, SPEND_PAUSE);
        }
    }

    private static boolean endedFarBelowLimit(Item item, Outcome ruling) {
        Optional<Duration> limit = item.attempt().sightings().stream()
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
                board.state.plan().credits().topupUrl(),
                board.stamp(),
                List.of(new Stop.Evidence(source, board.stamp(), text)));
        if (board.policy.onExhausted() == OnExhausted.INTERRUPT) {
            // Where the plan waits, the reasons of the jobs that wait next raise the banner.
            board.stop(stop);
        }
        return ruling.with(ItemState.FAILED, ItemReason.OUT_OF_CREDITS, Optional.of(text));
    }
}
