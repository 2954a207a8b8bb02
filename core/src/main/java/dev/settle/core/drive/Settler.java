package dev.settle.core.drive;

import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.item.ItemState;
import dev.settle.core.item.Outcome;
import dev.settle.core.plan.Expect;
import dev.settle.core.plan.ItemReason;
import dev.settle.core.port.JobId;
import dev.settle.core.port.SpendAnswer;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** From a ruling to the verdict: what the item's files, its expectations, its retries and its credits add. */
final class Settler {
    /** A job that ended so far below its time limit did not reach it; Slurm checks limits once a minute. */
    private static final double FAR_BELOW_LIMIT = 0.8;

    private static final Duration FAR_BELOW_LIMIT_MIN = Duration.ofSeconds(30);

    private final Board board;
    private final Rules rules;

    Settler(Board board, Rules rules) {
        this.board = board;
        this.rules = rules;
    }

    /** Gives the item's verdict if its evidence suffices, and asks for what is lacking. */
    void judge(Item item) {
        if (item.state().isEnd()) {
            correct(item);
            return;
        }
        if (item.state() != ItemState.SETTLING && item.state() != ItemState.SUBMITTED) {
            return;
        }
        Optional<Outcome> ruling = rules.judge(board, item);
        if (ruling.isPresent()) {
            settle(item, ruling.get());
        }
    }

    private void settle(Item item, Outcome ruling) {
        Track track = board.track(item);
        if (ruling.state() == ItemState.CANCELLED
                && ruling.reason() == ItemReason.CANCELLED_WHILE_PENDING
                && Credits.isWithdrawal(board, item)) {
            board.emit(Credits.withdrawn(board, item));
            return;
        }
        if (track.files.isEmpty() && needsFiles(item, ruling)) {
            if (!track.filesAsked) {
                track.filesAsked = true;
                board.perform(new Command.ReadFiles(item.id()));
            }
            return;
        }
        ItemFiles files = track.files.orElse(ItemFiles.NONE);
        Optional<Outcome> checked = credits(item, ruling, track, files);
        if (checked.isEmpty()) {
            return;
        }
        Outcome outcome = expected(item, checked.get(), files);
        if (outcome.state() == ItemState.COMPLETED && outcome.isConfirmed() && !hasGenerated(item, track)) {
            return;
        }
        files.stop().ifPresent(request -> stopAsked(item, request));
        if (!files.metrics().isEmpty() && item.metrics().isEmpty()) {
            board.emit(new ItemEvent.MetricsRead(item.id(), files.metrics()));
        }
        give(item, outcome);
    }

    /** Foreign jobs have none that we know of, and an attempt that never ran wrote none. */
    private static boolean needsFiles(Item item, Outcome ruling) {
        return item.attempt().token().isPresent()
                && ruling.reason() != ItemReason.CANCELLED_WHILE_PENDING
                && ruling.reason() != ItemReason.LOST;
    }

    private boolean hasGenerated(Item item, Track track) {
        if (item.plan().generatesSource().isEmpty() || track.generatedAccepted) {
            return true;
        }
        if (!track.generatedAsked) {
            track.generatedAsked = true;
            board.perform(new Command.ReadGenerated(item.id()));
        }
        return false;
    }

    /** The items that an item generated were read: it counts as completed only now, together with them. */
    void generated(Input.GeneratedRead read) {
        Item item = board.item(read.item());
        if (item.state() != ItemState.SETTLING) {
            return;
        }
        Optional<Outcome> ruling = rules.judge(board, item);
        if (ruling.isEmpty()) {
            return;
        }
        if (read.problems().isEmpty()) {
            board.track(item).generatedAccepted = true;
            if (!read.items().isEmpty()) {
                board.emit(new RunEvent.Appended(Optional.of(item.id().value()), read.items()));
            }
            settle(item, ruling.get());
        } else {
            String problems = String.join("; ", read.problems());
            give(
                    item,
                    ruling.get()
                            .with(
                                    ItemState.FAILED,
                                    ItemReason.BAD_GENERATED_SOURCE,
                                    Optional.of(problems),
                                    ruling.get().rule()));
        }
    }

    /**
     * A job that Slurm ended because the allocation ran out looks like one that reached its time limit (slurm.md, Out
     * of credits); it is told apart by Slurm's own line in its output, or by a spend that is at its limit.
     */
    private Optional<Outcome> credits(Item item, Outcome ruling, Track track, ItemFiles files) {
        if (ruling.reason() != ItemReason.TIME_LIMIT || !endedFarBelowLimit(item, ruling)) {
            return Optional.of(ruling);
        }
        if (files.slurmReason().isPresent()) {
            return Optional.of(
                    outOfCredits(item, ruling, "slurmstepd", files.slurmReason().get()));
        }
        if (track.spend.isEmpty()) {
            if (!track.spendAsked) {
                track.spendAsked = true;
                JobId job = item.attempt().jobId().orElseThrow();
                board.perform(new Command.AskSpend(item.id(), job));
            }
            return Optional.empty();
        }
        if (track.spend.get() instanceof SpendAnswer.AtLimit limit) {
            return Optional.of(outOfCredits(item, ruling, limit.source(), limit.text()));
        }
        return Optional.of(ruling);
    }

    private static boolean endedFarBelowLimit(Item item, Outcome ruling) {
        Optional<Duration> limit = item.attempt().sightings().stream()
                .flatMap(s -> s.timeLimit().stream())
                .findFirst()
                .or(() -> item.plan().resources().timeLimit());
        if (limit.isEmpty() || ruling.usage().elapsedSeconds().isEmpty()) {
            return false;
        }
        Duration elapsed = Duration.ofSeconds(ruling.usage().elapsedSeconds().getAsLong());
        return elapsed.toMillis() < limit.get().toMillis() * FAR_BELOW_LIMIT
                && limit.get().minus(elapsed).compareTo(FAR_BELOW_LIMIT_MIN) >= 0;
    }

    private Outcome outOfCredits(Item item, Outcome ruling, String source, String text) {
        Stop stop = new Stop(
                StopReason.OUT_OF_CREDITS,
                Optional.of("Slurm ended " + item.id() + " because the allocation is spent: " + text),
                board.state.plan().credits().topupUrl(),
                board.now(),
                List.of(new Stop.Evidence(source, board.now(), text)));
        Credits.exhausted(board, stop);
        return ruling.with(ItemState.FAILED, ItemReason.OUT_OF_CREDITS, Optional.of(text), ruling.rule());
    }

    private Outcome expected(Item item, Outcome outcome, ItemFiles files) {
        Expect expect = item.plan().expect();
        Outcome judged = outcome;
        if (!outcome.isConfirmed()) {
            return outcome;
        }
        if (outcome.exitCode().isPresent()
                && (outcome.reason() == ItemReason.OK || outcome.reason() == ItemReason.EXIT_CODE)) {
            int code = outcome.exitCode().getAsInt();
            judged = expect.accepts(code)
                    ? outcome.with(ItemState.COMPLETED, ItemReason.OK, outcome.message(), outcome.rule())
                    : outcome.with(
                            ItemState.FAILED,
                            ItemReason.EXIT_CODE,
                            outcome.message()
                                    .or(() -> code == 0
                                            ? Optional.of("exit code 0 is not among the expected ones")
                                            : Optional.empty()),
                            outcome.rule());
        }
        if (judged.state() == ItemState.COMPLETED && expect.metric().isPresent()) {
            Expect.Comparison wanted = expect.metric().get();
            if (!wanted.holds(files.metrics())) {
                String got = files.metrics().containsKey(wanted.name())
                        ? wanted.name() + " is " + files.metrics().get(wanted.name())
                        : wanted.name() + " was not reported";
                return judged.with(
                        ItemState.FAILED,
                        ItemReason.EXIT_CODE,
                        Optional.of(got + ", expected " + wanted),
                        judged.rule());
            }
        }
        return judged;
    }

    private void stopAsked(Item item, ItemFiles.StopRequest request) {
        Optional<StopReason> reason = StopReason.ofWord(request.reason());
        if (reason.isEmpty()) {
            return;
        }
        String text = request.message().orElse("no message");
        Stop stop = new Stop(
                reason.get(),
                Optional.of(item.id() + " asked to stop: " + text),
                request.link().or(() -> board.state.plan().credits().topupUrl()),
                board.now(),
                List.of(new Stop.Evidence("SETTLE_STOP of " + item.id(), board.now(), text)));
        if (reason.get() == StopReason.OUT_OF_CREDITS) {
            Credits.exhausted(board, stop);
        } else {
            board.stop(stop);
        }
    }

    private void give(Item item, Outcome outcome) {
        boolean again = outcome.state() == ItemState.FAILED
                && item.plan().retries().covers(outcome.reason())
                && item.retriesUsed() < item.plan().retries().max()
                && item.cancelAskedBy().isEmpty()
                && item.plan().jobId().isEmpty()
                && !board.isStopping();
        if (again) {
            board.emit(new ItemEvent.Retried(
                    item.id(),
                    outcome,
                    item.attempt().number() + 1,
                    board.now().plus(item.plan().retries().delay())));
        } else {
            board.emit(new ItemEvent.Settled(item.id(), outcome));
        }
    }

    /** An unconfirmed verdict may be confirmed or corrected once accounting answers; a confirmed one never changes. */
    private void correct(Item item) {
        if (!item.isUnconfirmed()) {
            return;
        }
        Optional<Outcome> better = rules.judge(board, item).filter(Outcome::isConfirmed);
        if (better.isPresent()) {
            Outcome outcome = expected(item, better.get(), ItemFiles.NONE);
            board.emit(new ItemEvent.Corrected(item.id(), outcome));
        }
    }
}
