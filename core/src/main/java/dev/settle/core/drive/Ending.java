package dev.settle.core.drive;

import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.item.ItemState;
import dev.settle.core.plan.ItemId;
import dev.settle.core.plan.ItemReason;
import dev.settle.core.port.Source.Role;
import dev.settle.core.port.Usage;
import dev.settle.core.run.Counts;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** When the run stops, and when it is over: in one place, from the counts. */
final class Ending {
    private final Board board;
    private final Starter starter;
    /** Ended without confirmation under an earlier driver: accounting is heard once before that decides anything. */
    private final Set<ItemId> awaited = new HashSet<>();

    Ending(Board board, Starter starter) {
        this.board = board;
        this.starter = starter;
    }

    /** The run does not end for the sake of the item before accounting was asked about it. */
    void awaitAccountingOn(Item item) {
        if (!board.state.isAccountingOff()) {
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
        Counts counts = board.state.counts();
        int bad = counts.bad();
        if (board.state.plan().maxFailures().isPresent()
                && bad >= board.state.plan().maxFailures().getAsInt()
                && moreToCome()) {
            board.stop(Stop.of(
                    StopReason.MAX_FAILURES,
                    bad + " items failed; max_failures is "
                            + board.state.plan().maxFailures().getAsInt(),
                    board.now()));
        }
        if (board.state.plan().budgetCpuHours().isPresent() && moreToCome()) {
            double spent = cpuHours();
            double budget = board.state.plan().budgetCpuHours().getAsDouble();
            if (spent >= budget) {
                board.stop(Stop.of(
                        StopReason.BUDGET,
                        "spent " + Math.round(spent * 100) / 100.0 + " of " + budget + " cpu hours",
                        board.now()));
            }
        }
    }

    private boolean moreToCome() {
        return board.state.counts().open() > 0 || board.state.isFed();
    }

    /** Elapsed time times allocated cpus, running jobs included. */
    private double cpuHours() {
        double seconds = 0;
        for (Item item : board.state.items()) {
            Usage usage = item.usage();
            int cpus = usage.cpus().orElse(item.plan().resources().cpus().orElse(1));
            if (item.state() == ItemState.RUNNING && item.attempt().startedAt().isPresent()) {
                Duration running = Duration.between(item.attempt().startedAt().get(), board.now());
                seconds += Math.max(0, running.toSeconds()) * (double) cpus;
            } else {
                seconds += usage.elapsedSeconds().orElse(0) * (double) cpus;
            }
        }
        return seconds / 3600;
    }

    /** Ends the run if nothing is left that could change its verdict. */
    void check() {
        if (board.state.ended().isPresent()) {
            amend();
            return;
        }
        Counts counts = board.state.counts();
        if (isUnreachable()) {
            Stop stop = Stop.of(
                    StopReason.SCHEDULER_UNREACHABLE,
                    "no answer for " + board.policy.giveUpAfter().orElseThrow().toSeconds() + " s",
                    board.now());
            if (!board.state.isFed()) {
                end(stop);
                return;
            }
            // The service is told first.
            board.stop(stop);
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
            if (board.isStopping() || isStuckOnUnconfirmed()) {
                dropPending();
            } else {
                return;
            }
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
                ? board.state.stopping().map(stop -> stop.at().plus(Policy.STEP_CANCEL_PATIENCE))
                : Optional.empty();
    }

    /** Nothing runs, and what is pending waits for items that ended without confirmation. */
    private boolean isStuckOnUnconfirmed() {
        return board.state.unconfirmed() > 0 && starter.isIdle();
    }

    private void dropPending() {
        Optional<Stop> stop = board.state.stopping();
        boolean cancelled = board.state.cancelAskedBy().isPresent();
        Optional<ItemReason> reason = reasonOfNotStarting(board.state);
        String message = cancelled
                ? "the run was cancelled before its turn"
                : stop.isEmpty()
                        ? "depends on an item that is unconfirmed"
                        : "the run stopped before its turn: "
                                + stop.get().reason().word();
        for (Item item : board.state.items()) {
            if (item.state() == ItemState.PENDING) {
                board.emit(new ItemEvent.NotStarted(item.id(), reason, message));
            }
        }
        board.takeEnded();
    }

    /** Of the reasons for which a run stops, only these are an item's reason as well. */
    static Optional<ItemReason> reasonOfNotStarting(RunState state) {
        if (state.cancelAskedBy().isPresent()) {
            return Optional.of(ItemReason.CANCELLED_BY_USER);
        }
        if (state.stopping().isEmpty()) {
            return Optional.of(ItemReason.UNCONFIRMED);
        }
        return state.stopping().get().reason() == StopReason.OUT_OF_CREDITS
                ? Optional.of(ItemReason.OUT_OF_CREDITS)
                : Optional.empty();
    }

    private Stop verdict() {
        Counts counts = board.state.counts();
        if (board.state.stopping().isPresent()) {
            return board.state.stopping().get();
        }
        if (board.state.cancelAskedBy().isPresent()) {
            String by = board.state.cancelAskedBy().get();
            boolean other = !by.equals(board.state.opened().user());
            return Stop.of(
                    other ? StopReason.CANCELLED_BY_OTHER : StopReason.CANCELLED_BY_USER,
                    "cancelled by " + by,
                    board.now());
        }
        if (counts.bad() > 0 || counts.of(ItemState.DEP_FAILED) > 0) {
            return Stop.of(StopReason.ITEMS_FAILED, board.now());
        }
        if (counts.of(ItemState.NOT_STARTED) > 0 && !waitedForConfirmation()) {
            return Stop.of(
                    StopReason.CANCELLED_BY_USER,
                    counts.of(ItemState.NOT_STARTED) + " items that never started were left out of the resume",
                    board.now());
        }
        if (counts.of(ItemState.NOT_STARTED) > 0) {
            return Stop.of(
                    StopReason.UNCONFIRMED,
                    counts.of(ItemState.NOT_STARTED) + " items depend on items that nobody confirmed",
                    board.now());
        }
        return Stop.of(StopReason.COMPLETED, board.now());
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
        Stop told = board.state.ended().orElseThrow();
        boolean ofVerdicts = told.reason() == StopReason.COMPLETED
                || told.reason() == StopReason.ITEMS_FAILED
                || told.reason() == StopReason.UNCONFIRMED;
        if (ofVerdicts && !verdict().reason().equals(told.reason())) {
            end(verdict());
        }
    }

    private boolean isUnreachable() {
        Optional<Instant> since = silentSince();
        return since.isPresent()
                && board.policy.giveUpAfter().isPresent()
                && !board.now()
                        .isBefore(since.get().plus(board.policy.giveUpAfter().get()));
    }

    private Optional<Instant> silentSince() {
        return board.state.silent().entrySet().stream()
                .filter(e -> e.getKey().role() == Role.CONTROLLER)
                .map(e -> e.getValue())
                .map(Entry::at)
                .findFirst();
    }

    Instant wakeAt(Instant latest) {
        Optional<Instant> give =
                silentSince().flatMap(at -> board.policy.giveUpAfter().map(at::plus));
        Instant wake = give.filter(at -> at.isBefore(latest)).orElse(latest);
        return patience()
                .filter(at -> at.isAfter(board.now()) && at.isBefore(wake))
                .orElse(wake);
    }
}
