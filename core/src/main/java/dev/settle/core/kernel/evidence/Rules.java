package dev.settle.core.kernel.evidence;

import dev.settle.core.kernel.state.Policy;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Outcome;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState.Phase;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The rules of evidence (contract.md, 4 and 8): what is believed, when, and what the verdict is. Pure.
 *
 * <p>Accounting decides, then the controller, then the item's own exit record; of two that disagree the worse one
 * holds; nothing is concluded from silence but the words {@code unconfirmed} and {@code lost}.
 */
final class Rules {
    private Rules() {}

    /** The verdict of an item that has left the queue, if its evidence suffices now. */
    static Optional<Outcome> judge(Evidence e) {
        for (Rule rule : Rule.values()) {
            Optional<Outcome> outcome = decide(rule, e);
            if (outcome.isPresent()) {
                return outcome;
            }
        }
        return Optional.empty();
    }

    private static Optional<Outcome> decide(Rule rule, Evidence e) {
        return switch (rule) {
            case ACCOUNTING_END ->
                e.accountingEnd().filter(row -> !row.partial()).flatMap(row -> fromAccounting(e, row, rule));
            case PARTIAL_ROW_AGREES ->
                e.accountingEnd()
                        .filter(row -> row.partial() && agrees(e, row))
                        .flatMap(row -> fromAccounting(e, row, rule));
            case OUR_CANCEL_TOOK ->
                when(
                        ourCancelTook(e),
                        () -> Outcomes.cancelledWhilePending(
                                e, rule, e.cancelledWhileListed() ? ConfirmedBy.CONTROLLER : ConfirmedBy.NONE));
            case QUEUE_FAILURE ->
                e.controllerFailure()
                        .filter(queue -> !e.accountingOff && queueFailureStands(e, queue))
                        .map(queue -> Outcomes.of(e, queue, rule));
            case CONTROLLER_WITHOUT_ACCOUNTING ->
                e.controllerEnd().filter(end -> e.accountingOff).flatMap(end -> controllerAlone(e, end));
            case RECORD_WITHOUT_ACCOUNTING ->
                e.record()
                        .filter(record -> recordMayDecide(e, record))
                        .map(record -> Outcomes.ofRecord(e, record, rule));
            case NEVER_KNOWN ->
                when(
                        e.item.attempt().observations().isEmpty()
                                && e.live.end().unknownFor().compareTo(e.policy.lostAfter()) >= 0,
                        () -> Outcomes.lost(
                                e,
                                rule,
                                "no source has known the job for "
                                        + e.policy.lostAfter().toSeconds()
                                        + " s of answers; it is not known to have run"));
            case TIMEOUT_OUR_CANCEL,
                    TIMEOUT_BAD_RECORD,
                    TIMEOUT_QUEUE_END,
                    TIMEOUT_PARTIAL_ROW,
                    TIMEOUT_TASK_VANISHED,
                    TIMEOUT_UNKNOWN_WORD,
                    TIMEOUT_REQUEUE_GONE,
                    TIMEOUT_NO_EXIT_RECORD,
                    TIMEOUT_NEVER_STARTED,
                    TIMEOUT_UNCONFIRMED -> e.settleTimedOut() ? atTimeout(rule, e) : Optional.empty();
        };
    }

    private static Optional<Outcome> atTimeout(Rule rule, Evidence e) {
        return switch (rule) {
            case TIMEOUT_OUR_CANCEL ->
                when(
                        (e.item.cancelAskedBy().isPresent()
                                        || (e.item.withdrawal().isPresent() && e.neverStarted()))
                                && e.controllerEnd().isEmpty()
                                && (e.record().isEmpty()
                                        || e.record().get().signal().isPresent()),
                        () -> Outcomes.cancelledUnconfirmed(e, rule));
            case TIMEOUT_BAD_RECORD ->
                e.record().filter(Evidence::isBad).map(record -> Outcomes.ofRecord(e, record, rule));
            case TIMEOUT_QUEUE_END -> e.controllerFailure().map(queue -> lastWord(e, queue, rule));
            case TIMEOUT_PARTIAL_ROW ->
                e.accountingEnd().filter(Rules::isBad).map(row -> Outcomes.of(e, row, rule)
                        .unconfirmed());
            case TIMEOUT_TASK_VANISHED ->
                when(
                        e.siblingsHaveRows
                                && e.neverStarted()
                                && e.accountingSaysNothing()
                                && e.controller()
                                        .filter(s -> s.state().phase() == Phase.WAITING)
                                        .isPresent(),
                        () -> Outcomes.cancelledWhilePending(e, rule, ConfirmedBy.NONE));
            case TIMEOUT_UNKNOWN_WORD -> Outcomes.unknownWord(e, rule);
            case TIMEOUT_REQUEUE_GONE ->
                when(
                        e.accounting()
                                .filter(s -> s.state().phase() == Phase.REQUEUED)
                                .isPresent(),
                        () -> Outcomes.lost(e, rule, "the scheduler said REQUEUED and then forgot the job"));
            case TIMEOUT_NO_EXIT_RECORD ->
                when(
                        e.leavesRecords() && !e.isReportedCompleted() && !e.neverStarted(),
                        () -> Outcomes.startedAndLost(e, rule));
            case TIMEOUT_NEVER_STARTED ->
                when(
                        e.leavesRecords() && !e.isReportedCompleted() && e.neverStarted(),
                        () -> Outcomes.lost(
                                e,
                                rule,
                                "it is not known to have run: it left no start record, and no source reported it"
                                        + " running"));
            case TIMEOUT_UNCONFIRMED -> Optional.of(Outcomes.unconfirmed(e, rule));
            case ACCOUNTING_END,
                    PARTIAL_ROW_AGREES,
                    OUR_CANCEL_TOOK,
                    QUEUE_FAILURE,
                    CONTROLLER_WITHOUT_ACCOUNTING,
                    RECORD_WITHOUT_ACCOUNTING,
                    NEVER_KNOWN -> throw new IllegalArgumentException(rule + " does not wait for a timeout");
        };
    }

    /** Partial rows have state and exit code right once they are terminal (slurm.md, 5), but one is not enough. */
    private static boolean agrees(Evidence e, JobObservation row) {
        if (isBad(row)) {
            return e.recordIsBad() || e.controllerFailure().isPresent();
        }
        return e.recordIsGood()
                || e.controllerEnd()
                        .filter(s -> s.state().phase() == Phase.COMPLETED)
                        .isPresent();
    }

    private static boolean isBad(JobObservation row) {
        return Evidence.isBadEnd(row.state().phase()) || row.codeIsBad();
    }

    private static Optional<Outcome> fromAccounting(Evidence e, JobObservation row, Rule rule) {
        Phase phase = row.state().phase();
        if (phase == Phase.FAILED_UNLESS_REQUEUED && !e.requeueWindowOver()) {
            return e.settleTimedOut()
                    ? Optional.of(Outcomes.mayStartAgain(Outcomes.of(e, row, rule)))
                    : Optional.empty();
        }
        if (e.mayHearWholeCode(row)) {
            return Optional.empty();
        }
        if (phase == Phase.COMPLETED && !row.codeIsBad()) {
            Optional<JobObservation> worse = e.record().filter(Evidence::isBad).or(e::controllerFailure);
            if (worse.isPresent()) {
                return Optional.of(Outcomes.worse(e, row, worse.get(), rule));
            }
            // Success needs the exit code 0; a code that is absent or garbled is not one.
            boolean zero = row.exitCode().isPresent() || e.recordIsGood();
            if (!zero) {
                return Optional.empty();
            }
        }
        return Optional.of(Outcomes.of(e, row, rule));
    }

    /** A waiting task of an array that is cancelled leaves no row anywhere (slurm.md, 3). */
    private static boolean ourCancelTook(Evidence e) {
        // What the scheduler did not take cannot be why the job is gone.
        boolean quiet = e.live.end()
                .cancellation()
                .takenAt()
                .filter(at -> !e.now.isBefore(at.plus(Policy.min(Policy.ACCOUNTING_WARM_UP, e.policy.settleTimeout()))))
                .isPresent();
        return e.wasToEnd()
                && quiet
                && e.isGone()
                && e.neverStarted()
                && e.accountingSaysNothing()
                && (e.accountingOff || e.live.end().accountingEmptyAnswers() >= 2);
    }

    private static boolean queueFailureStands(Evidence e, JobObservation queue) {
        return queue.state().phase() == Phase.FAILED_UNLESS_REQUEUED ? e.requeueWindowOver() : e.isDetailed(queue);
    }

    private static Optional<Outcome> controllerAlone(Evidence e, JobObservation end) {
        Rule rule = Rule.CONTROLLER_WITHOUT_ACCOUNTING;
        boolean stands = end.state().phase() == Phase.COMPLETED || queueFailureStands(e, end);
        if (!stands) {
            return Optional.empty();
        }
        boolean good = end.state().phase() == Phase.COMPLETED && !end.codeIsBad();
        if (good && e.recordIsBad()) {
            return Optional.of(Outcomes.worse(e, end, e.record().orElseThrow(), rule));
        }
        return Optional.of(Outcomes.of(e, end, rule));
    }

    private static boolean recordMayDecide(Evidence e, JobObservation record) {
        if (!e.accountingOff) {
            return false;
        }
        if (e.isLocal()) {
            return true;
        }
        // Whoever sent the signal may have been the scheduler, at a time limit that the item's own end does not show.
        boolean witness = Evidence.isBad(record) || !record.terminated();
        // The controller may still name a time limit or a lost node: it is heard first. Whoever was asked to end may be
        // about to start again, and that an answer does not list it is not enough to say that it does not.
        boolean heard = record.terminated() ? e.isGone() : e.live.isAbsent();
        return witness && (heard || e.settleTimedOut());
    }

    /** Nobody could be asked whether the scheduler starts it again: then the word is all there is, and not enough. */
    private static Outcome lastWord(Evidence e, JobObservation queue, Rule rule) {
        Outcome outcome = Outcomes.of(e, queue, rule);
        boolean mayStartAgain = queue.state().phase() == Phase.FAILED_UNLESS_REQUEUED && !e.requeueWindowOver();
        return mayStartAgain ? Outcomes.mayStartAgain(outcome) : outcome;
    }

    private static Optional<Outcome> when(boolean condition, Supplier<Outcome> outcome) {
        return condition ? Optional.of(outcome.get()) : Optional.empty();
    }
}
