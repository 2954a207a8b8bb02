package dev.settle.core.drive;

import dev.settle.core.item.Attempt;
import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.item.ItemState;
import dev.settle.core.item.Outcome;
import dev.settle.core.plan.ItemId;
import dev.settle.core.plan.ItemReason;
import dev.settle.core.port.Source.Role;
import dev.settle.core.run.Counts;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** When the run stops, and when it is over: in one place, from the counts. */
final class Ending {
    private final Board board;
    private final Starter starter;
    /** Ended without confirmation under an earlier driver: accounting is heard once before that decides anything. */
    private final Set<ItemId> awaited = new HashSet<>();

    /** How long this driver has heard nothing of the controller, and how long it has known that the run stops. */
    private Optional<Instant> silentSince = Optional.empty();

    private Optional<Instant> stoppingSince = Optional.empty();

    Ending(Board board, Starter starter) {
        this.board = board;
        this.starter = starter;
    }

    /** The run does not end for the sake of the item before accounting was asked about it. */
    void awaitAccountingOn(Item item) {
        if (!board.isAccountingOff()) {
            awaited.add(item.id());
        }
    }

    /** Accounting answered, or could not. */
    void accountingHeard() {
        awaited.clear();
    }

    private boolean awaitsAccounting() {
        awaited.removeIf(id -> !board.item(id).isUnconfirmed());
        return !awaited.isEmpty() && !board.isStopping();
    }

    /** The plan's own ceilings. */
    void limits() {
        if (board.isStopping() || board.state.ended().isPresent() || !moreToCome()) {
            return;
        }
        int bad = board.state.counts().bad();
        OptionalInt most = board.state.plan().maxFailures();
        if (most.isPresent() && bad >= most.getAsInt()) {
            board.stop(Stop.of(
                    StopReason.MAX_FAILURES,
                    bad + (bad == 1 ? " item" : " items") + " failed; max_failures is " + most.getAsInt(),
                    board.stamp()));
        } else if (board.budget.isReached(board.stamp())) {
            // Three digits say enough of much and of little.
            String spent = new BigDecimal(board.budget.spentHours(board.stamp()))
                    .round(new MathContext(3))
                    .stripTrailingZeros()
                    .toPlainString();
            String ceiling = BigDecimal.valueOf(board.budget.ceilingHours())
                    .stripTrailingZeros()
                    .toPlainString();
            board.stop(Stop.of(StopReason.BUDGET, "spent " + spent + " of " + ceiling + " cpu hours", board.stamp()));
        }
    }

    private boolean moreToCome() {
        return board.state.counts().open() > 0 || board.state.isFed();
    }

    /** Ends the run if nothing is left that could change its verdict. */
    void check() {
        silentSince = isControllerSilent() ? silentSince.or(() -> Optional.of(board.now())) : Optional.empty();
        stoppingSince = board.state.stopping().isPresent()
                ? stoppingSince.or(() -> Optional.of(board.now()))
                : Optional.empty();
        if (board.state.ended().isPresent()) {
            amend();
            return;
        }
        Counts counts = board.state.counts();
        Optional<Stop> cannotGoOn = unreachable().or(starter::storageFailed);
        if (cannotGoOn.isPresent()) {
            if (!board.state.isFed()) {
                // Jobs are left alone: they end without us, and a resume hears of it.
                end(cannotGoOn.get());
                return;
            }
            // The service is told first.
            board.stop(cannotGoOn.get());
        }
        if (leavesWatchedJobs()) {
            end(board.state.stopping().orElseThrow());
            return;
        }
        boolean waits = counts.live() > 0 && !leavesCancelledSteps();
        if (board.state.isFed() || starter.isFlying() || waits || awaitsAccounting()) {
            return;
        }
        if (counts.of(ItemState.PENDING) > 0) {
            // What is pending and not ready waits for something that ended and did not complete.
            if (!board.isStopping() && !starter.isIdle()) {
                return;
            }
            dropPending();
        }
        end(verdict());
    }

    /** Interrupted while the jobs are somebody else's: they are left as they are. */
    private boolean leavesWatchedJobs() {
        return board.state.opened().watched() && board.state.stopping().isPresent();
    }

    /**
     * A run that its queue interrupted has told the service and cancelled its steps: it does not wait longer than this
     * for a cluster to say that they are gone; a resume asks.
     */
    private boolean leavesCancelledSteps() {
        return patience().filter(until -> !board.now().isBefore(until)).isPresent();
    }

    private Optional<Instant> patience() {
        return board.state.plan().queue().isPresent()
                ? stoppingSince.map(since -> since.plus(Policy.STEP_CANCEL_PATIENCE))
                : Optional.empty();
    }

    private void dropPending() {
        Optional<Stop> stop = board.state.stopping();
        boolean cancelled = board.state.cancelAskedBy().isPresent();
        Optional<ItemReason> reason = reasonOfNotStarting(board.state);
        String message = cancelled
                ? "the run was cancelled before its turn"
                : stop.isEmpty()
                        ? "depends on an item that has no confirmed completion"
                        : "the run stopped before its turn: "
                                + stop.get().reason().word();
        for (Item item : board.state.items()) {
            if (item.state() == ItemState.PENDING) {
                Optional<Outcome> failed = lastFailure(item);
                board.emit(
                        failed.isPresent()
                                ? new ItemEvent.Settled(item.id(), failed.get())
                                : new ItemEvent.NotStarted(item.id(), reason, message));
            }
        }
        board.takeEnded();
    }

    /** An item that was to be tried again has not never started: it failed. */
    private static Optional<Outcome> lastFailure(Item item) {
        List<Attempt> earlier = item.earlier();
        return item.retriesUsed() == 0 || earlier.isEmpty()
                ? Optional.empty()
                : earlier.get(earlier.size() - 1).outcome();
    }

    /** Of the reasons for which a run stops, only these are an item's reason as well. */
    static Optional<ItemReason> reasonOfNotStarting(RunState state) {
        if (state.cancelAskedBy().isPresent()) {
            return Optional.of(ItemReason.CANCELLED_BY_USER);
        }
        if (state.stopping().isEmpty()) {
            return state.unconfirmed() > 0 ? Optional.of(ItemReason.UNCONFIRMED) : Optional.empty();
        }
        return state.stopping().get().reason() == StopReason.OUT_OF_CREDITS
                ? Optional.of(ItemReason.OUT_OF_CREDITS)
                : Optional.empty();
    }

    private Stop verdict() {
        Counts counts = board.state.counts();
        boolean allCompleted = counts.of(ItemState.COMPLETED) == counts.total();
        Optional<Stop> stop = board.state.stopping();
        // A limit that was met too late to keep anything from its end has interrupted nothing.
        boolean metTooLate =
                allCompleted && stop.filter(Ending::onlyKeepsFromStarting).isPresent();
        if (stop.isPresent() && (!metTooLate || board.state.plan().queue().isPresent())) {
            return stop.get();
        }
        if (board.state.cancelAskedBy().isPresent() && !allCompleted) {
            String by = board.state.cancelAskedBy().get();
            boolean other = !by.equals(board.state.opened().user());
            return Stop.of(
                    other ? StopReason.CANCELLED_BY_OTHER : StopReason.CANCELLED_BY_USER,
                    "cancelled by " + by,
                    board.stamp());
        }
        if (allCompleted) {
            return Stop.of(StopReason.COMPLETED, board.stamp());
        }
        if (counts.bad() > 0 || counts.of(ItemState.DEP_FAILED) > 0) {
            return Stop.of(StopReason.ITEMS_FAILED, board.stamp());
        }
        int neverStarted = counts.of(ItemState.NOT_STARTED);
        if (neverStarted > 0 && !waitedForConfirmation()) {
            return leftOut(neverStarted);
        }
        return Stop.of(
                StopReason.UNCONFIRMED,
                neverStarted + (neverStarted == 1 ? " item depends" : " items depend")
                        + " on items that nobody confirmed",
                board.stamp());
    }

    private static boolean onlyKeepsFromStarting(Stop stop) {
        return !stop.isAskedByItem()
                && (stop.reason() == StopReason.OUT_OF_CREDITS || stop.reason() == StopReason.BUDGET);
    }

    /** What stopped the run before still is why these never started. */
    private Stop leftOut(int neverStarted) {
        StopReason reason = board.state.stopBefore().map(Stop::reason).orElse(StopReason.CANCELLED_BY_USER);
        boolean verdict = reason.ending() == StopReason.Ending.COMPLETED || reason.ending() == StopReason.Ending.FAILED;
        String text = neverStarted
                + (neverStarted == 1 ? " item that never started was" : " items that never started were")
                + " left out of the resume";
        return Stop.of(verdict ? StopReason.CANCELLED_BY_USER : reason, text, board.stamp());
    }

    /** Whether an item was not started because of a verdict that nobody confirmed. */
    private boolean waitedForConfirmation() {
        return board.state.items().stream()
                .anyMatch(item -> item.state() == ItemState.NOT_STARTED
                        && item.reason().filter(ItemReason.UNCONFIRMED::equals).isPresent());
    }

    private void end(Stop stop) {
        board.emit(new RunEvent.Ended(stop));
    }

    /** A correction after the end may change what the end was. */
    private void amend() {
        StopReason told = board.state.ended().orElseThrow().reason();
        boolean ofVerdicts =
                told == StopReason.COMPLETED || told == StopReason.ITEMS_FAILED || told == StopReason.UNCONFIRMED;
        // What did not start because nobody confirmed is still to be run, by a resume.
        boolean stillOpen = told == StopReason.UNCONFIRMED
                && board.state.unconfirmed() == 0
                && board.state.counts().bad() == 0;
        if (ofVerdicts && !stillOpen && verdict().reason() != told) {
            end(verdict());
        }
    }

    private Optional<Stop> unreachable() {
        Optional<Duration> patience = board.policy.giveUpAfter();
        boolean over = patience.isPresent()
                && silentSince
                        .filter(since -> !board.now().isBefore(since.plus(patience.get())))
                        .isPresent();
        return over
                ? Optional.of(Stop.of(
                        StopReason.SCHEDULER_UNREACHABLE,
                        "no answer for " + patience.get().toSeconds() + " s",
                        board.stamp()))
                : Optional.empty();
    }

    private boolean isControllerSilent() {
        return board.state.silent().keySet().stream().anyMatch(source -> source.role() == Role.CONTROLLER);
    }

    Instant wakeAt(Instant latest) {
        Instant wake =
                board.isStopping() ? latest : board.ofStamp(board.budget.wakeAt(board.stamp(), board.stamp(latest)));
        Optional<Instant> give =
                silentSince.flatMap(at -> board.policy.giveUpAfter().map(at::plus));
        return earlier(patience(), earlier(give, wake));
    }

    private Instant earlier(Optional<Instant> at, Instant wake) {
        return at.filter(time -> time.isAfter(board.now()) && time.isBefore(wake))
                .orElse(wake);
    }
}
