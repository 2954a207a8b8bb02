package dev.settle.core.kernel;

import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.kernel.submission.SubmissionScheduler;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Counts;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.scheduler.Source.Role;
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
final class RunCompletion {
    private final KernelContext context;
    private final SubmissionScheduler submissions;
    /** Ended without confirmation under an earlier engine: accounting is asked once before that decides anything. */
    private final Set<ItemId> awaited = new HashSet<>();

    /** Since when this engine has had no answer of the controller, and since when it has known that the run stops. */
    private Optional<Instant> silentSince = Optional.empty();

    private Optional<Instant> stoppingSince = Optional.empty();

    RunCompletion(KernelContext context, SubmissionScheduler submissions) {
        this.context = context;
        this.submissions = submissions;
    }

    /** The run does not end for the sake of the item before accounting was asked about it. */
    void awaitAccountingOn(Item item) {
        if (!context.isAccountingOff()) {
            awaited.add(item.id());
        }
    }

    /** Accounting answered, or could not. */
    void accountingAnswered() {
        awaited.clear();
    }

    private boolean awaitsAccounting() {
        awaited.removeIf(id -> !context.item(id).isUnconfirmed());
        return !awaited.isEmpty() && !context.isStopping();
    }

    /** The plan's own ceilings. */
    void limits() {
        if (context.isStopping() || context.state().ended().isPresent() || !moreToCome()) {
            return;
        }
        int bad = context.state().counts().bad();
        OptionalInt most = context.state().plan().maxFailures();
        if (most.isPresent() && bad >= most.getAsInt()) {
            context.stop(Stop.of(
                    StopReason.MAX_FAILURES,
                    bad + (bad == 1 ? " item" : " items") + " failed; max_failures is " + most.getAsInt(),
                    context.clock().stamp()));
        } else if (context.budget().isReached(context.clock().stamp())) {
            // Three digits say enough of much and of little.
            String spent = new BigDecimal(
                            context.budget().spentHours(context.clock().stamp()))
                    .round(new MathContext(3))
                    .stripTrailingZeros()
                    .toPlainString();
            String ceiling = BigDecimal.valueOf(context.budget().ceilingHours())
                    .stripTrailingZeros()
                    .toPlainString();
            context.stop(Stop.of(
                    StopReason.BUDGET,
                    "spent " + spent + " of " + ceiling + " cpu hours",
                    context.clock().stamp()));
        }
    }

    private boolean moreToCome() {
        return context.state().counts().open() > 0 || context.state().mayGainItems();
    }

    /** Ends the run if nothing is left that could change its verdict. */
    void check() {
        silentSince = isControllerSilent() ? silentSince.or(() -> Optional.of(context.now())) : Optional.empty();
        stoppingSince = context.state().stopping().isPresent()
                ? stoppingSince.or(() -> Optional.of(context.now()))
                : Optional.empty();
        if (context.state().ended().isPresent()) {
            amend();
            return;
        }
        Counts counts = context.state().counts();
        Optional<Stop> cannotGoOn = unreachable().or(submissions::storageFailed);
        if (cannotGoOn.isPresent()) {
            if (!context.state().mayGainItems()) {
                // Jobs are left alone: they end without us, and a resume hears of it.
                end(cannotGoOn.get());
                return;
            }
            // The service is told first.
            context.stop(cannotGoOn.get());
        }
        if (leavesWatchedJobs()) {
            end(context.state().stopping().orElseThrow());
            return;
        }
        boolean waits = counts.live() > 0 && !leavesCancelledSteps();
        if (context.state().mayGainItems() || submissions.isInFlight() || waits || awaitsAccounting()) {
            return;
        }
        if (counts.of(ItemState.PENDING) > 0) {
            // What is pending and not ready waits for something that ended and did not complete.
            if (!context.isStopping() && !submissions.isIdle()) {
                return;
            }
            dropPending();
        }
        end(verdict());
    }

    /** Interrupted while the jobs are somebody else's: they are left as they are. */
    private boolean leavesWatchedJobs() {
        return context.state().opened().watched() && context.state().stopping().isPresent();
    }

    /**
     * A run that its queue interrupted has told the service and cancelled its steps: it does not wait longer than this
     * for a cluster to say that they are gone; a resume asks.
     */
    private boolean leavesCancelledSteps() {
        return patience().filter(until -> !context.now().isBefore(until)).isPresent();
    }

    private Optional<Instant> patience() {
        return context.state().plan().queue().isPresent()
                ? stoppingSince.map(since -> since.plus(Policy.STEP_CANCEL_PATIENCE))
                : Optional.empty();
    }

    private void dropPending() {
        Optional<Stop> stop = context.state().stopping();
        boolean cancelled = context.state().cancelAskedBy().isPresent();
        Optional<ItemReason> reason = context.reasonOfNotStarting();
        String message = cancelled
                ? "the run was cancelled before its turn"
                : stop.isEmpty()
                        ? "depends on an item that has no confirmed completion"
                        : "the run stopped before its turn: "
                                + stop.get().reason().word();
        for (Item item : context.state().items()) {
            if (item.state() == ItemState.PENDING) {
                Optional<Outcome> failed = lastFailure(item);
                context.emit(
                        failed.isPresent()
                                ? new ItemEvent.Settled(item.id(), failed.get())
                                : new ItemEvent.NotStarted(item.id(), reason, message));
            }
        }
        context.consequences().takeEnded();
    }

    /** An item that was to be tried again has not never started: it failed. */
    private static Optional<Outcome> lastFailure(Item item) {
        List<Attempt> earlier = item.earlier();
        return item.retriesUsed() == 0 || earlier.isEmpty()
                ? Optional.empty()
                : earlier.get(earlier.size() - 1).outcome();
    }

    private Stop verdict() {
        Counts counts = context.state().counts();
        boolean allCompleted = counts.of(ItemState.COMPLETED) == counts.total();
        Optional<Stop> stop = context.state().stopping();
        // A limit that was met too late to keep anything from its end has interrupted nothing.
        boolean metTooLate = allCompleted
                && stop.filter(RunCompletion::onlyKeepsFromStarting).isPresent();
        if (stop.isPresent() && (!metTooLate || context.state().plan().queue().isPresent())) {
            return stop.get();
        }
        if (context.state().cancelAskedBy().isPresent() && !allCompleted) {
            String by = context.state().cancelAskedBy().get();
            boolean other = !by.equals(context.state().opened().user());
            return Stop.of(
                    other ? StopReason.CANCELLED_BY_OTHER : StopReason.CANCELLED_BY_USER,
                    "cancelled by " + by,
                    context.clock().stamp());
        }
        if (allCompleted) {
            return Stop.of(StopReason.COMPLETED, context.clock().stamp());
        }
        if (counts.bad() > 0 || counts.of(ItemState.DEP_FAILED) > 0) {
            return Stop.of(StopReason.ITEMS_FAILED, context.clock().stamp());
        }
        int neverStarted = counts.of(ItemState.NOT_STARTED);
        if (neverStarted > 0 && !waitedForConfirmation()) {
            return leftOut(neverStarted);
        }
        return Stop.of(
                StopReason.UNCONFIRMED,
                neverStarted + (neverStarted == 1 ? " item depends" : " items depend")
                        + " on items whose verdict nobody confirmed",
                context.clock().stamp());
    }

    private static boolean onlyKeepsFromStarting(Stop stop) {
        return !stop.isAskedByItem()
                && (stop.reason() == StopReason.OUT_OF_CREDITS || stop.reason() == StopReason.BUDGET);
    }

    /** What stopped the run before still is why these never started. */
    private Stop leftOut(int neverStarted) {
        StopReason reason = context.state().stopBefore().map(Stop::reason).orElse(StopReason.CANCELLED_BY_USER);
        boolean verdict = reason.ending() == StopReason.Ending.COMPLETED || reason.ending() == StopReason.Ending.FAILED;
        String text = neverStarted
                + (neverStarted == 1 ? " item that never started was" : " items that never started were")
                + " left out of the resume";
        return Stop.of(
                verdict ? StopReason.CANCELLED_BY_USER : reason,
                text,
                context.clock().stamp());
    }

    /** Whether an item was not started because of a verdict that nobody confirmed. */
    private boolean waitedForConfirmation() {
        return context.state().items().stream()
                .anyMatch(item -> item.state() == ItemState.NOT_STARTED
                        && item.reason().filter(ItemReason.UNCONFIRMED::equals).isPresent());
    }

    private void end(Stop stop) {
        context.emit(new RunEvent.Ended(stop));
    }

    /** A correction after the end may change what the end was. */
    private void amend() {
        StopReason recorded = context.state().ended().orElseThrow().reason();
        boolean ofVerdicts = recorded == StopReason.COMPLETED
                || recorded == StopReason.ITEMS_FAILED
                || recorded == StopReason.UNCONFIRMED;
        // What did not start because nobody confirmed is still to be run, by a resume.
        boolean stillOpen = recorded == StopReason.UNCONFIRMED
                && context.state().unconfirmed() == 0
                && context.state().counts().bad() == 0;
        if (ofVerdicts && !stillOpen && verdict().reason() != recorded) {
            end(verdict());
        }
    }

    private Optional<Stop> unreachable() {
        Optional<Duration> patience = context.policy().giveUpAfter();
        boolean over = patience.isPresent()
                && silentSince
                        .filter(since -> !context.now().isBefore(since.plus(patience.get())))
                        .isPresent();
        return over
                ? Optional.of(Stop.of(
                        StopReason.SCHEDULER_UNREACHABLE,
                        "no answer for " + patience.get().toSeconds() + " s",
                        context.clock().stamp()))
                : Optional.empty();
    }

    private boolean isControllerSilent() {
        return context.state().silent().keySet().stream().anyMatch(source -> source.role() == Role.CONTROLLER);
    }

    Instant wakeAt(Instant latest) {
        Instant wake = context.isStopping()
                ? latest
                : context.clock()
                        .ofStamp(context.budget()
                                .wakeAt(context.clock().stamp(), context.clock().toStamp(latest)));
        Optional<Instant> give =
                silentSince.flatMap(at -> context.policy().giveUpAfter().map(at::plus));
        return earlier(patience(), earlier(give, wake));
    }

    private Instant earlier(Optional<Instant> at, Instant wake) {
        return at.filter(time -> time.isAfter(context.now()) && time.isBefore(wake))
                .orElse(wake);
    }
}
