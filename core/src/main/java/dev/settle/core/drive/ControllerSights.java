package dev.settle.core.drive;

import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.item.ItemState;
import dev.settle.core.port.JobState.Phase;
import dev.settle.core.port.Sighting;
import dev.settle.core.port.Source.Role;
import dev.settle.core.port.WaitReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What an answer of the controller does to one item: it moves along its life, back to it, or begins to settle. */
final class ControllerSights {
    /** The first extra look at an item that settles where nobody keeps accounting. */
    private static final Duration LOOK_FIRST = Duration.ofSeconds(1);

    private final Board board;
    private final Pacing pacing;
    private final Identity identity;
    private final SharedTime askedAt = new SharedTime();
    private final SharedTime heardAt = new SharedTime();

    ControllerSights(Board board, Pacing pacing, Identity identity) {
        this.board = board;
        this.pacing = pacing;
        this.identity = identity;
    }

    void on(Item item, Optional<Sighting> seen) {
        Track track = board.track(item);
        boolean overtaken =
                seen.filter(s -> isAlive(s) && !askedAfterItsEnd(track)).isPresent();
        if (overtaken && item.state() == ItemState.SETTLING) {
            // The question is older than the end: this is no last word of the controller on it.
            pacing.controller().want(board.now().plus(LOOK_FIRST));
        } else {
            track.controllerAnsweredAt = askedAt.of(pacing.controller().askedAt());
        }
        heard(item, track, seen, overtaken);
        track.absent = seen.isEmpty();
        if (seen.isEmpty()) {
            track.waitAnswers = 0;
            gone(item, track);
            return;
        }
        Sighting sighting = seen.get();
        track.known();
        if (!item.state().isLive()) {
            Sights.remember(board, item, sighting);
            return;
        }
        if (isRequeue(item, track, sighting)) {
            requeued(item, sighting.waitReason(), sighting.submittedAt());
        }
        Phase phase = sighting.state().phase();
        boolean alive = isAlive(sighting);
        boolean newer = askedAfterItsEnd(track);
        if (!alive || newer) {
            Sights.remember(board, item, sighting);
        }
        if (alive && item.state() == ItemState.SETTLING && !(newer && goesBack(item))) {
            lookAgain(item, track);
            return;
        }
        switch (phase) {
            case WAITING -> waiting(item, track, sighting);
            case RUNNING -> running(item, sighting);
            case ENDING, COMPLETED -> left(item, says(sighting));
            case FAILED, CANCELLED -> {
                left(item, says(sighting));
                detailOpen(item, track);
            }
            case FAILED_UNLESS_REQUEUED -> {
                left(item, says(sighting));
                requeueOpen(item, track);
            }
            case REQUEUED, UNKNOWN -> {
                // Alive or not, we do not know; it is looked at again.
            }
        }
        lookAgain(item, track);
    }

    private void heard(Item item, Track track, Optional<Sighting> seen, boolean overtaken) {
        if (seen.isPresent()) {
            track.listedAt = heardAt.of(board.now());
            track.absentSince = Optional.empty();
        } else if (track.absentSince.isEmpty()) {
            track.absentSince = Optional.of(board.now());
        }
        boolean stands = seen.isPresent()
                ? !overtaken && isFinal(seen.get().state().phase())
                : !board.now().isBefore(track.absentSince.orElseThrow().plus(board.policy.absence()));
        if (item.state() == ItemState.SETTLING
                && stands
                && track.end().heardSinceLeft.isEmpty()) {
            track.end().heardSinceLeft =
                    Optional.of(board.stamp(seen.isPresent() ? board.now() : track.absentSince.orElseThrow()));
        }
    }

    /** COMPLETING, NODE_FAIL and PREEMPTED may come before a requeue. */
    private static boolean isFinal(Phase phase) {
        return phase.isEnd() && phase != Phase.FAILED_UNLESS_REQUEUED;
    }

    private static boolean isAlive(Sighting sighting) {
        return sighting.state().phase() == Phase.WAITING || sighting.state().phase() == Phase.RUNNING;
    }

    private static String says(Sighting sighting) {
        return sighting.source().word() + " says " + sighting.state().raw();
    }

    private boolean isRequeue(Item item, Track track, Sighting sighting) {
        if (identity.isNewRun(item, sighting)) {
            return true;
        }
        // The submit time tells nothing, but a job that had ended and waits is starting again.
        boolean untold = sighting.submittedAt().isEmpty()
                || item.attempt().runSubmittedAt().isEmpty();
        boolean ran = item.state() == ItemState.RUNNING || (hasRecord(item) && askedAfterItsEnd(track));
        // An answer that is behind still has the run of the record in the queue; and a run of ours that started says
        // so.
        return untold
                && !hasStartRecord(item)
                && ran
                && sighting.state().phase() == Phase.WAITING
                && !Identity.isRunOfItsRecord(item, sighting);
    }

    /** @param runAt the submit time of the new run, if anybody told it: what follows may not get on disk any more */
    void requeued(Item item, Optional<WaitReason> why, Optional<Instant> runAt) {
        board.emit(new ItemEvent.Requeued(item.id(), item.attempt().number() + 1, why, runAt));
        board.track(item).restarted();
        pacing.controller().changed();
    }

    /** The item's own record says that its code has ended: the queue is only behind. */
    private boolean goesBack(Item item) {
        return !hasRecord(item) && board.doctrine.holds(Check.LIFE_OVERRULES_END);
    }

    /** An answer to a question from before the end was said cannot overrule it. */
    private boolean askedAfterItsEnd(Track track) {
        return track.endSaidAt().isEmpty()
                || pacing.controller().askedAt().isAfter(track.endSaidAt().get())
                || !board.doctrine.holds(Check.OLDER_QUESTION_OVERRULES_NOTHING);
    }

    private static boolean hasStartRecord(Item item) {
        return item.attempt().latest(Role.START_RECORD).isPresent();
    }

    private static boolean hasRecord(Item item) {
        return item.attempt().latest(Role.EXIT_RECORD).isPresent();
    }

    /** Not in the queue any more, or not yet. */
    private void gone(Item item, Track track) {
        Instant since = item.attempt().submittedAt().map(board::ofStamp).orElse(board.now());
        boolean graceOver =
                !board.now().isBefore(since.plus(Policy.SUBMIT_GRACE)) || !board.doctrine.holds(Check.SUBMIT_GRACE);
        if (item.state() == ItemState.RUNNING && isKnownByItsRecordAlone(item) && !graceOver) {
            // Its own start record was faster than the queue.
            return;
        }
        if (item.state() == ItemState.SUBMITTED && item.attempt().sightings().isEmpty()) {
            boolean foreign = item.attempt().token().isEmpty();
            if (foreign || graceOver) {
                unknown(track);
                pacing.accounting().want(item);
            }
            return;
        }
        left(item, "left the queue");
        if (item.state() == ItemState.SETTLING) {
            pacing.accounting().want(item);
            lookAgain(item, track);
            boolean matters = item.cancelAskedBy().isPresent()
                    || item.withdrawal().isPresent()
                    || track.end().requeueOpenSince.isPresent();
            Instant gone = track.absentSince.orElseThrow().plus(board.policy.absence());
            if (matters && board.now().isBefore(gone)) {
                // Whether our cancellation took, or a requeue came: one answer without the job is not enough to say so.
                pacing.controller().want(gone);
            }
        }
    }

    private static boolean isKnownByItsRecordAlone(Item item) {
        return item.attempt().latest(Role.CONTROLLER).isEmpty()
                && item.attempt().latest(Role.ACCOUNTING).isEmpty();
    }

    /** Counts the time in which the controller answered and did not know the job. */
    private void unknown(Track track) {
        boolean alone = board.isAccountingOff() || !board.doctrine.holds(Check.LOST_NEEDS_BOTH);
        Optional<Instant> agreed = alone ? track.end().unknownAt : track.end().accountingEmptySince;
        if (track.end().unknownAt.isPresent() && agreed.isPresent()) {
            Instant from = agreed.get().isAfter(track.end().unknownAt.get())
                    ? agreed.get()
                    : track.end().unknownAt.get();
            // A driver that slept has not asked in all that time.
            Duration gap = Policy.min(Duration.between(from, board.now()), board.policy.longestPause());
            track.end().unknownFor = track.end().unknownFor.plus(gap);
        }
        track.end().unknownAt = Optional.of(board.now());
        Duration left = board.policy.lostAfter().minus(track.end().unknownFor);
        pacing.controller()
                .want(board.now().plus(left.isNegative() ? Duration.ZERO : left).plusMillis(1));
    }

    void requeueOpen(Item item, Track track) {
        if (track.end().requeueOpenSince.isEmpty()) {
            track.end().requeueOpenSince = Optional.of(board.now());
        }
        Instant over = track.end().requeueOpenSince.get().plus(board.policy.requeueWindow());
        if (!board.now().isAfter(over)) {
            pacing.controller().want(over);
            board.remind(item, over);
        }
    }

    /** An end of which one source has the details that the other lacks. */
    void detailOpen(Item item, Track track) {
        if (track.end().detailUntil.isEmpty()) {
            track.end().detailUntil = Optional.of(board.now().plus(board.policy.detailWindow()));
            board.remind(item, board.policy.detailWindow());
            board.remind(item, board.policy.whoCancelledWindow());
        }
    }

    private void waiting(Item item, Track track, Sighting sighting) {
        if (hasStartRecord(item)) {
            // The answer is behind: the job itself says that this run of it has started.
            return;
        }
        Optional<WaitReason> why = sighting.waitReason();
        Optional<WaitReason.Kind> kind = why.filter(w -> !w.isNone()).map(WaitReason::kind);
        if (kind.isPresent()) {
            // Between two looks of Slurm's scheduler a job may have no reason: that takes nothing back.
            track.waitAnswers = kind.equals(track.waitKind) ? track.waitAnswers + 1 : 1;
            track.waitKind = kind;
        }
        if (item.state() != ItemState.QUEUED) {
            pacing.controller().changed();
        }
        if (item.state() != ItemState.QUEUED || !item.waitReason().equals(why)) {
            board.emit(new ItemEvent.Queued(item.id(), why));
        }
    }

    void running(Item item, Sighting sighting) {
        if (item.state() != ItemState.RUNNING) {
            Instant startedAt = sighting.startedAt().orElse(board.stamp());
            board.emit(new ItemEvent.Started(item.id(), startedAt, sighting.node()));
            pacing.controller().changed();
        }
    }

    /** The item's verdict begins to settle, if it does not yet. */
    void left(Item item, String why) {
        if (item.state() == ItemState.SUBMITTED
                || item.state() == ItemState.QUEUED
                || item.state() == ItemState.RUNNING) {
            board.emit(new ItemEvent.Left(item.id(), why));
            Track track = board.track(item);
            track.left(board.now());
            board.remind(item, board.policy.settleTimeout());
            pacing.controller().changed();
            pacing.accounting().want(item);
            pacing.accounting().wantSibling(item);
            lookAgain(item, track);
        }
    }

    /** Where nobody keeps accounting the controller is asked about an end, soon and then ever less often. */
    void lookAgain(Item item, Track track) {
        if (item.state() == ItemState.SETTLING && board.isAccountingOff()) {
            Duration pause = LOOK_FIRST.multipliedBy(1L << Math.min(track.end().controllerLooks, 7));
            track.end().controllerLooks++;
            pacing.controller().want(board.now().plus(Policy.min(pause, board.policy.interval())));
        }
    }
}
