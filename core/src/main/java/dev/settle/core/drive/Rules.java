package dev.settle.core.drive;

import dev.settle.core.item.Item;
import dev.settle.core.item.Outcome;
import dev.settle.core.plan.ItemReason;
import dev.settle.core.plan.Plan.BackendName;
import dev.settle.core.port.JobState.Phase;
import dev.settle.core.port.Sighting;
import dev.settle.core.port.Source.Role;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The rules of evidence (contract section 4 and 8): what is believed, when, and what the verdict is. Pure.
 *
 * <p>Accounting decides, then the controller, then the item's own exit record; of two that disagree the worse one
 * holds; nothing is concluded from silence but the words {@code unconfirmed} and {@code lost}.
 */
final class Rules {
    private final Set<Rule> disabled;

    Rules() {
        this(EnumSet.noneOf(Rule.class));
    }

    /** With some rules switched off, to show that tests notice. */
    Rules(Set<Rule> disabled) {
        this.disabled = Set.copyOf(disabled);
    }

    /** The verdict of an item that has left the queue, if its evidence suffices now. */
    Optional<Outcome> judge(Board board, Item item) {
        Evidence e = new Evidence(board, item, disabled);
        for (Rule rule : Rule.values()) {
            if (e.isOn(rule)) {
                Optional<Outcome> outcome = decide(rule, e);
                if (outcome.isPresent()) {
                    return outcome;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Outcome> decide(Rule rule, Evidence e) {
        return switch (rule) {
            case ACCOUNTING_END -> accountingEnd(e);
            case PARTIAL_ROW_AGREES -> partialRowAgrees(e);
            case OUR_CANCEL_TOOK -> ourCancelTook(e);
            case QUEUE_FAILURE -> queueFailure(e);
            case CONTROLLER_WITHOUT_ACCOUNTING -> controllerWithoutAccounting(e);
            case RECORD_WITHOUT_ACCOUNTING -> recordWithoutAccounting(e);
            case NEVER_KNOWN -> neverKnown(e);
            case TIMEOUT_BAD_RECORD ->
                when(
                        e.settleTimedOut() && e.recordIsBad(),
                        () -> Outcomes.of(e, e.record().orElseThrow(), Rule.TIMEOUT_BAD_RECORD));
            case TIMEOUT_QUEUE_END ->
                when(
                        e.settleTimedOut()
                                && e.controller()
                                        .filter(s -> isBadEnd(s.state().phase()))
                                        .isPresent(),
                        () -> Outcomes.of(e, e.controller().orElseThrow(), Rule.TIMEOUT_QUEUE_END));
            case TIMEOUT_TASK_VANISHED ->
                when(
                        e.settleTimedOut()
                                && e.siblingsHaveRows
                                && e.neverStarted()
                                && e.accounting().isEmpty()
                                && e.controller()
                                        .filter(s -> s.state().phase() == Phase.WAITING)
                                        .isPresent(),
                        () -> Outcomes.cancelledWhilePending(e, Rule.TIMEOUT_TASK_VANISHED));
            case TIMEOUT_UNKNOWN_WORD -> when(e.settleTimedOut() && hasUnknownWord(e), () -> Outcomes.unknownWord(e));
            case TIMEOUT_REQUEUE_GONE ->
                when(
                        e.settleTimedOut()
                                && e.accounting()
                                        .filter(s -> s.state().phase() == Phase.REQUEUED)
                                        .isPresent(),
                        () -> Outcomes.lost(
                                e, Rule.TIMEOUT_REQUEUE_GONE, "the scheduler said REQUEUED and then forgot the job"));
            case TIMEOUT_UNCONFIRMED -> when(e.settleTimedOut(), () -> Outcomes.unconfirmed(e));
        };
    }

    private static Optional<Outcome> accountingEnd(Evidence e) {
        if (!e.accountingEnded() || e.overruledByLife()) {
            return Optional.empty();
        }
        Sighting row = e.accounting().orElseThrow();
        if (row.partial()) {
            return Optional.empty();
        }
        return fromAccounting(e, row, Rule.ACCOUNTING_END);
    }

    /** Partial rows have state and exit code right once they are terminal (traces, LAG.md), but one source is not enough. */
    private static Optional<Outcome> partialRowAgrees(Evidence e) {
        if (!e.accountingEnded() || e.overruledByLife()) {
            return Optional.empty();
        }
        Sighting row = e.accounting().orElseThrow();
        boolean rowIsBad = isBadEnd(row.state().phase()) || row.codeIsBad();
        boolean agrees = rowIsBad
                ? e.recordIsBad()
                        || e.controller()
                                .filter(s -> isBadEnd(s.state().phase()))
                                .isPresent()
                : e.recordIsGood()
                        || e.controller()
                                .filter(s -> s.state().phase() == Phase.COMPLETED)
                                .isPresent();
        return row.partial() && agrees ? fromAccounting(e, row, Rule.PARTIAL_ROW_AGREES) : Optional.empty();
    }

    private static Optional<Outcome> fromAccounting(Evidence e, Sighting row, Rule rule) {
        Phase phase = row.state().phase();
        if (phase == Phase.FAILED_UNLESS_REQUEUED && !e.requeueWindowOver() && !e.settleTimedOut()) {
            return Optional.empty();
        }
        if (phase == Phase.COMPLETED && !row.codeIsBad()) {
            // Of two that disagree the worse one holds.
            if (e.recordIsBad()) {
                return Optional.of(Outcomes.worse(e, row, e.record().orElseThrow(), rule));
            }
            Optional<Sighting> queue =
                    e.controller().filter(s -> isBadEnd(s.state().phase()));
            if (queue.isPresent()) {
                return Optional.of(Outcomes.worse(e, row, queue.get(), rule));
            }
            // Success needs the exit code 0; a code that is absent or garbled is not one.
            if (row.exitCode().isEmpty() && !e.recordIsGood()) {
                return Optional.empty();
            }
        }
        return Optional.of(Outcomes.of(e, row, rule));
    }

    private static Optional<Outcome> ourCancelTook(Evidence e) {
        boolean quiet = e.track
                .cancelSentAt
                .filter(at -> !e.now.isBefore(at.plus(e.policy.requeueWindow())))
                .isPresent();
        return when(
                e.item.cancelAskedBy().isPresent()
                        && quiet
                        && e.track.absent
                        && e.neverStarted()
                        && e.accounting().filter(s -> !s.partial()).isEmpty()
                        && (e.accountingOff || e.track.accountingEmptyAnswers >= 2),
                () -> Outcomes.cancelledWhilePending(e, Rule.OUR_CANCEL_TOOK));
    }

    private static Optional<Outcome> queueFailure(Evidence e) {
        Optional<Sighting> queue = e.controller().filter(s -> isBadEnd(s.state().phase()));
        if (queue.isEmpty() || e.accountingOff) {
            return Optional.empty();
        }
        Phase phase = queue.get().state().phase();
        if (phase == Phase.FAILED_UNLESS_REQUEUED) {
            return when(e.requeueWindowOver(), () -> Outcomes.of(e, queue.get(), Rule.QUEUE_FAILURE));
        }
        boolean detailed = phase == Phase.FAILED
                && (queue.get().codeIsBad()
                        || e.recordIsBad()
                        || queue.get().state().reason() != ItemReason.EXIT_CODE);
        boolean waitedEnough =
                e.track.detailUntil.filter(until -> !e.now.isBefore(until)).isPresent();
        return when(detailed || waitedEnough, () -> Outcomes.of(e, queue.get(), Rule.QUEUE_FAILURE));
    }

    private static Optional<Outcome> controllerWithoutAccounting(Evidence e) {
        if (!e.accountingOff || !e.controllerEnded()) {
            return Optional.empty();
        }
        Sighting end = e.controller().orElseThrow();
        Phase phase = end.state().phase();
        if (phase == Phase.FAILED_UNLESS_REQUEUED && !e.requeueWindowOver()) {
            return Optional.empty();
        }
        if (phase == Phase.COMPLETED && !end.codeIsBad() && e.recordIsBad()) {
            return Optional.of(Outcomes.worse(e, end, e.record().orElseThrow(), Rule.CONTROLLER_WITHOUT_ACCOUNTING));
        }
        return Optional.of(Outcomes.of(e, end, Rule.CONTROLLER_WITHOUT_ACCOUNTING));
    }

    private static Optional<Outcome> recordWithoutAccounting(Evidence e) {
        // Where there is a controller that may still name a time limit or a lost node, it is heard first.
        boolean controllerIsThrough = e.policy.backend() == BackendName.LOCAL || e.track.absent;
        return when(
                e.accountingOff && e.record().isPresent() && (controllerIsThrough || e.settleTimedOut()),
                () -> Outcomes.of(e, e.record().orElseThrow(), Rule.RECORD_WITHOUT_ACCOUNTING));
    }

    private static Optional<Outcome> neverKnown(Evidence e) {
        return when(
                e.item.attempt().sightings().isEmpty() && e.track.unknownFor.compareTo(e.lostAfter()) >= 0,
                () -> Outcomes.lost(
                        e,
                        Rule.NEVER_KNOWN,
                        "no source has known the job for " + e.lostAfter().toSeconds() + " s of answers"));
    }

    private static boolean hasUnknownWord(Evidence e) {
        return e.item.attempt().sightings().stream()
                .anyMatch(s -> s.state().phase() == Phase.UNKNOWN && s.source().role() != Role.EXIT_RECORD);
    }

    private static boolean isBadEnd(Phase phase) {
        return phase == Phase.FAILED || phase == Phase.FAILED_UNLESS_REQUEUED || phase == Phase.CANCELLED;
    }

    private static Optional<Outcome> when(boolean condition, Supplier<Outcome> outcome) {
        return condition ? Optional.of(outcome.get()) : Optional.empty();
    }
}
