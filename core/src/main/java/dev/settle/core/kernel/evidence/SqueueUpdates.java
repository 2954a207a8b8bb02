package dev.settle.core.kernel.evidence;

import dev.settle.core.kernel.polling.Polling;
import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.Source.Role;
import dev.settle.core.scheduler.WaitReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What an answer of the controller does to one item: it moves along its life, back to it, or begins to settle. */
final class SqueueUpdates {
    /** The first extra look at an item that settles where nobody keeps accounting. */
    private static final Duration LOOK_FIRST = Duration.ofSeconds(1);

    private final KernelContext context;
    private final LiveItems liveItems;
    private final Polling polling;

    SqueueUpdates(KernelContext context, LiveItems liveItems, Polling polling) {
        this.context = context;
        this.liveItems = liveItems;
        this.polling = polling;
    }

    void on(Item item, Optional<JobObservation> seen) {
        LiveItemState live = liveItems.of(item);
        boolean overtaken =
                seen.filter(s -> isAlive(s) && !askedAfterItsEnd(live)).isPresent();
        if (overtaken && item.state() == ItemState.SETTLING) {
            // The question is older than the end: this is no last word of the controller on it.
            polling.controller().want(context.now().plus(LOOK_FIRST));
        } else {
            live.controllerAnswered(polling.controller().askedAt());
        }
        heard(item, live, seen, overtaken);
        if (seen.isEmpty()) {
            gone(item, live);
            return;
        }
        JobObservation observation = seen.get();
        live.known();
        if (!item.state().isLive()) {
            liveItems.remember(item, observation);
            return;
        }
        if (isRequeue(item, live, observation)) {
            requeued(item, observation.waitReason(), observation.submittedAt());
        }
        Phase phase = observation.state().phase();
        boolean alive = isAlive(observation);
        boolean newer = askedAfterItsEnd(live);
        if (!alive || newer) {
            liveItems.remember(item, observation);
        }
        if (alive && item.state() == ItemState.SETTLING && !(newer && goesBack(item))) {
            lookAgain(item, live);
            return;
        }
        switch (phase) {
            case WAITING -> waiting(item, live, observation);
            case RUNNING -> running(item, observation);
            case ENDING, COMPLETED -> left(item, says(observation));
            case FAILED, CANCELLED -> {
                left(item, says(observation));
                detailOpen(item, live);
            }
            case FAILED_UNLESS_REQUEUED -> {
                left(item, says(observation));
                requeueOpen(item, live);
            }
            case REQUEUED, UNKNOWN -> {
                // Alive or not, we do not know; it is looked at again.
            }
        }
        lookAgain(item, live);
    }

    private void heard(Item item, LiveItemState live, Optional<JobObservation> seen, boolean overtaken) {
        if (seen.isPresent()) {
            live.listed(context.now());
        } else {
            live.notListed(context.now());
        }
        boolean stands = seen.isPresent()
                ? !overtaken && isFinal(seen.get().state().phase())
                : !context.now()
                        .isBefore(live.absentSince()
                                .orElseThrow()
                                .plus(context.policy().absence()));
        if (item.state() == ItemState.SETTLING && stands) {
            live.end()
                    .endedByController(context.clock()
                            .toStamp(
                                    seen.isPresent()
                                            ? context.now()
                                            : live.absentSince().orElseThrow()));
        }
    }

    /** COMPLETING, NODE_FAIL and PREEMPTED may come before a requeue. */
    private static boolean isFinal(Phase phase) {
        return phase.isEnd() && phase != Phase.FAILED_UNLESS_REQUEUED;
    }

    private static boolean isAlive(JobObservation observation) {
        return observation.state().phase() == Phase.WAITING
                || observation.state().phase() == Phase.RUNNING;
    }

    private static String says(JobObservation observation) {
        return observation.source().word() + " says " + observation.state().raw();
    }

    private boolean isRequeue(Item item, LiveItemState live, JobObservation observation) {
        if (JobIdentity.isNewRun(item, observation)) {
            return true;
        }
        // The submit time tells nothing, but a job that had ended and waits is starting again.
        boolean untold = observation.submittedAt().isEmpty()
                || item.attempt().runSubmittedAt().isEmpty();
        boolean ran = item.state() == ItemState.RUNNING || (hasRecord(item) && askedAfterItsEnd(live));
        // An answer that is behind still has the run of the record in the queue; and a run of ours that started says
        // so.
        return untold
                && !hasStartRecord(item)
                && ran
                && observation.state().phase() == Phase.WAITING
                && !JobIdentity.isRunOfItsRecord(item, observation);
    }

    /** @param runAt the submit time of the new run, if anybody told it: what follows may not get on disk any more */
    void requeued(Item item, Optional<WaitReason> why, Optional<Instant> runAt) {
        context.emit(new ItemEvent.Requeued(item.id(), item.attempt().number() + 1, why, runAt));
        liveItems.of(item).restarted();
        polling.controller().changed();
    }

    /** The item's own record says that its code has ended: the queue is only behind. */
    private boolean goesBack(Item item) {
        return !hasRecord(item);
    }

    /** An answer to a question from before the end was said cannot overrule it. */
    private boolean askedAfterItsEnd(LiveItemState live) {
        Optional<Instant> reported = live.endIfAny().flatMap(EndEvidence::reportedAt);
        return reported.isEmpty() || polling.controller().askedAt().isAfter(reported.get());
    }

    private static boolean hasStartRecord(Item item) {
        return item.attempt().latest(Role.START_RECORD).isPresent();
    }

    private static boolean hasRecord(Item item) {
        return item.attempt().latest(Role.EXIT_RECORD).isPresent();
    }

    /** Not in the queue any more, or not yet. */
    private void gone(Item item, LiveItemState live) {
        Instant since =
                item.attempt().submittedAt().map(context.clock()::ofStamp).orElse(context.now());
        boolean graceOver = !context.now().isBefore(since.plus(Policy.SUBMIT_GRACE));
        if (item.state() == ItemState.RUNNING && isKnownByItsRecordAlone(item) && !graceOver) {
            // Its own start record was faster than the queue.
            return;
        }
        if (item.state() == ItemState.SUBMITTED && item.attempt().observations().isEmpty()) {
            boolean foreign = item.attempt().token().isEmpty();
            if (foreign || graceOver) {
                unknown(live);
                polling.accounting().want(item);
            }
            return;
        }
        left(item, "left the queue");
        if (item.state() == ItemState.SETTLING) {
            polling.accounting().want(item);
            lookAgain(item, live);
            boolean matters = item.cancelAskedBy().isPresent()
                    || item.withdrawal().isPresent()
                    || live.end().requeueOpenSince().isPresent();
            Instant gone =
                    live.absentSince().orElseThrow().plus(context.policy().absence());
            if (matters && context.now().isBefore(gone)) {
                // Whether our cancellation took, or a requeue came: one answer without the job is not enough to say so.
                polling.controller().want(gone);
            }
        }
    }

    private static boolean isKnownByItsRecordAlone(Item item) {
        return item.attempt().latest(Role.CONTROLLER).isEmpty()
                && item.attempt().latest(Role.ACCOUNTING).isEmpty();
    }

    /** Counts the time in which the controller answered and did not know the job. */
    private void unknown(LiveItemState live) {
        EndEvidence.Counted counted =
                context.isAccountingOff() ? EndEvidence.Counted.CONTROLLER_ALONE : EndEvidence.Counted.BOTH;
        live.end().unknown(context.now(), counted, context.policy().longestPause());
        Duration left = context.policy().lostAfter().minus(live.end().unknownFor());
        polling.controller()
                .want(context.now()
                        .plus(left.isNegative() ? Duration.ZERO : left)
                        .plusMillis(1));
    }

    void requeueOpen(Item item, LiveItemState live) {
        Instant over =
                live.end().requeueOpen(context.now()).plus(context.policy().requeueWindow());
        if (!context.now().isAfter(over)) {
            polling.controller().want(over);
            context.remind(item, over);
        }
    }

    /** An end of which one source has the details that the other lacks. */
    void detailOpen(Item item, LiveItemState live) {
        if (live.end().awaitDetail(context.now().plus(context.policy().detailWindow()))) {
            context.remind(item, context.policy().detailWindow());
            context.remind(item, context.policy().whoCancelledWindow());
        }
    }

    private void waiting(Item item, LiveItemState live, JobObservation observation) {
        if (hasStartRecord(item)) {
            // The answer is behind: the job itself says that this run of it has started.
            return;
        }
        Optional<WaitReason> why = observation.waitReason();
        Optional<WaitReason.Kind> kind = why.filter(w -> !w.isNone()).map(WaitReason::kind);
        // Between two looks of Slurm's scheduler a job may have no reason.
        kind.ifPresent(live::waitsFor);
        if (item.state() != ItemState.QUEUED) {
            polling.controller().changed();
        }
        if (item.state() != ItemState.QUEUED || !item.waitReason().equals(why)) {
            context.emit(new ItemEvent.Queued(item.id(), why));
        }
    }

    void running(Item item, JobObservation observation) {
        if (item.state() != ItemState.RUNNING) {
            Instant startedAt = observation.startedAt().orElse(context.clock().stamp());
            context.emit(new ItemEvent.Started(item.id(), startedAt, observation.node()));
            polling.controller().changed();
        }
    }

    /** The item's verdict begins to settle, if it does not yet. */
    void left(Item item, String why) {
        if (item.state() == ItemState.SUBMITTED
                || item.state() == ItemState.QUEUED
                || item.state() == ItemState.RUNNING) {
            context.emit(new ItemEvent.Left(item.id(), why));
            LiveItemState live = liveItems.of(item);
            live.left(context.now());
            context.remind(item, context.policy().settleTimeout());
            polling.controller().changed();
            polling.accounting().want(item);
            if (!liveItems.hasSiblingsWithRows(item)) {
                polling.accounting().wantSibling(item);
            }
            lookAgain(item, live);
        }
    }

    /** Where nobody keeps accounting the controller is asked about an end, soon and then ever less often. */
    void lookAgain(Item item, LiveItemState live) {
        if (item.state() == ItemState.SETTLING && context.isAccountingOff()) {
            Duration pause = LOOK_FIRST.multipliedBy(1L << Math.min(live.end().countControllerLook(), 7));
            polling.controller()
                    .want(context.now().plus(Policy.min(pause, context.policy().interval())));
        }
    }
}
