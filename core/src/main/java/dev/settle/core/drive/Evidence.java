package dev.settle.core.drive;

import dev.settle.core.item.Item;
import dev.settle.core.port.JobState.Phase;
import dev.settle.core.port.Sighting;
import dev.settle.core.port.Source.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** All that bears on one item's verdict at one time, read from the journal's state and the freshness of answers. */
final class Evidence {
    final Item item;
    final Track track;
    final Policy policy;
    final Instant now;
    final boolean accountingOff;
    final boolean siblingsHaveRows;
    private final Set<Rule> disabled;

    Evidence(Board board, Item item, Set<Rule> disabled) {
        this.item = item;
        this.track = board.track(item);
        this.policy = board.policy;
        this.now = board.now();
        this.accountingOff = board.accountingOff();
        this.siblingsHaveRows = item.attempt()
                .jobId()
                .filter(job -> job.isTask() && board.hasAccountingRowsOf(job.base()))
                .isPresent();
        this.disabled = disabled;
    }

    boolean isOn(Rule rule) {
        return !disabled.contains(rule);
    }

    Optional<Sighting> accounting() {
        return item.attempt().latest(Role.ACCOUNTING);
    }

    Optional<Sighting> controller() {
        return item.attempt().latest(Role.CONTROLLER);
    }

    Optional<Sighting> record() {
        return item.attempt().latest(Role.EXIT_RECORD);
    }

    boolean accountingEnded() {
        return accounting().filter(s -> s.state().phase().isEnd()).isPresent();
    }

    boolean controllerEnded() {
        return controller().filter(s -> s.state().phase().isEnd()).isPresent();
    }

    /** The controller's newest word is that the job lives; a word from before it left the queue does not count. */
    boolean controllerSaysAlive() {
        return !track.absent
                && controller()
                        .filter(s -> s.state().phase().isAlive()
                                || s.state().phase() == Phase.REQUEUED
                                || s.state().phase() == Phase.UNKNOWN)
                        .isPresent()
                && track.aliveAt.isPresent();
    }

    /** The controller said queued or running after accounting said what it says: a live sighting beats an old end. */
    boolean overruledByLife() {
        return track.aliveAt.isPresent()
                && track.accountingSaidAt.isPresent()
                && track.aliveAt.get().isAfter(track.accountingSaidAt.get())
                && record().isEmpty();
    }

    /** The window in which a requeue would show is over, by an answer of the controller. */
    boolean requeueWindowOver() {
        return track.requeueOpenSince.isPresent()
                && track.controllerAnsweredAt.isPresent()
                && !track.controllerAnsweredAt
                        .get()
                        .isBefore(track.requeueOpenSince.get().plus(policy.requeueWindow()));
    }

    boolean neverStarted() {
        return item.attempt().startedAt().isEmpty()
                && record().isEmpty()
                && accounting().flatMap(Sighting::startedAt).isEmpty()
                && controllerNeverStarted();
    }

    private boolean controllerNeverStarted() {
        // squeue prints an expected start time for waiting jobs; only an end's own times count.
        return controller()
                .filter(s -> s.state().phase() == Phase.RUNNING || s.state().phase() == Phase.ENDING)
                .isEmpty();
    }

    /** The settle clock has run out, and accounting was asked at or after that and gave nothing that decides. */
    boolean settleTimedOut() {
        if (item.attempt().leftAt().isEmpty() || controllerSaysAlive()) {
            return false;
        }
        Instant end = item.attempt().leftAt().get().plus(policy.settleTimeout());
        if (now.isBefore(end)) {
            return false;
        }
        return accountingOff
                || track.accountingAskedAt.filter(at -> !at.isBefore(end)).isPresent();
    }

    boolean recordIsBad() {
        return record().filter(s -> s.state().phase() != Phase.COMPLETED || s.codeIsBad())
                .isPresent();
    }

    boolean recordIsGood() {
        return record().isPresent() && !recordIsBad();
    }

    Duration lostAfter() {
        return policy.lostAfter();
    }
}
