package dev.settle.core.kernel.evidence;

import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.Item;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.Source.Role;
import java.time.Instant;
import java.util.Optional;

/** All that bears on one item's verdict at one time, read from the journal's state and the freshness of answers. */
final class Evidence {
    final Item item;
    final LiveItemState live;
    final Policy policy;
    final Instant now;
    final boolean accountingOff;
    final boolean siblingsHaveRows;
    /** Why the run stops, where its steps are ended with it. */
    final Optional<StopReason> endsWithRun;

    private final Instant settlesSince;
    private final Instant accountingWarmAt;

    Evidence(KernelContext context, LiveItems liveItems, Item item, Instant accountingWarmAt) {
        this.item = item;
        this.live = liveItems.of(item);
        this.policy = context.policy();
        this.now = context.now();
        this.accountingOff = context.isAccountingOff();
        this.siblingsHaveRows = liveItems.hasSiblingsWithRows(item);
        this.endsWithRun = context.state().plan().queue().isPresent()
                ? context.state().stopping().map(Stop::reason)
                : Optional.empty();
        this.settlesSince = liveItems.settlesSince(item);
        this.accountingWarmAt = accountingWarmAt;
    }

    Optional<JobObservation> accounting() {
        return item.attempt().latest(Role.ACCOUNTING);
    }

    /** The controller's newest word; not of a run which another one followed that accounting has. */
    Optional<JobObservation> controller() {
        return item.attempt().latest(Role.CONTROLLER).filter(word -> accounting()
                .filter(row -> JobIdentity.submittedAfter(word, row))
                .isEmpty());
    }

    /** The exit record; not that of a run which another one followed. */
    Optional<JobObservation> record() {
        return item.attempt().latest(Role.EXIT_RECORD).filter(record -> item.attempt().observations().stream()
                .noneMatch(later -> JobIdentity.startedAfter(record, later)));
    }

    /** The start record of this run. */
    Optional<JobObservation> startRecord() {
        return item.attempt().latest(Role.START_RECORD);
    }

    /** A job of ours leaves records; that they are absent says something of it. */
    boolean leavesRecords() {
        return item.attempt().token().isPresent();
    }

    /** A source reported that it ended well, if not with enough authority or detail. */
    boolean isReportedCompleted() {
        return recordIsGood()
                || controllerEnd().filter(Evidence::saysCompleted).isPresent()
                || accountingEnd().filter(Evidence::saysCompleted).isPresent();
    }

    private static boolean saysCompleted(JobObservation s) {
        return s.state().phase() == Phase.COMPLETED;
    }

    Optional<JobObservation> accountingEnd() {
        return accounting().filter(s -> s.state().phase().isEnd());
    }

    /** Accounting has no row, or only that the job waits: tasks of an array stay so for ever (slurm.md, 3). */
    boolean accountingSaysNothing() {
        return accounting()
                .filter(row -> !row.partial() && row.state().phase() != Phase.WAITING)
                .isEmpty();
    }

    Optional<JobObservation> controllerEnd() {
        return controller().filter(s -> s.state().phase().isEnd());
    }

    Optional<JobObservation> controllerFailure() {
        return controller().filter(s -> isBadEnd(s.state().phase()));
    }

    /** The controller's newest word, heard by this driver since the item began to settle, is that the job lives. */
    boolean controllerSaysAlive() {
        return !live.isAbsent()
                && isSince(live.controllerAnsweredAt(), settlesSince)
                && controller()
                        .filter(s -> s.state().phase().isAlive() || s.state().phase() == Phase.REQUEUED)
                        .isPresent();
    }

    /**
     * The window in which a requeue would show is over, by an answer of the controller that lists the job, or by those
     * that have lacked it for long enough; of an item that has ended, which the controller is not asked about any more,
     * by a later answer of accounting.
     */
    boolean requeueWindowOver() {
        Optional<Instant> over = live.end().requeueOpenSince().map(since -> since.plus(policy.requeueWindow()));
        if (item.state().isEnd()) {
            return over.isPresent()
                    && isSince(live.end().accountingAnsweredAt(), over.get())
                    && isSince(live.end().accountingAnsweredAt(), accountingWarmAt);
        }
        boolean answered =
                live.isAbsent() ? isGone() : over.isPresent() && isSince(live.controllerAnsweredAt(), over.get());
        return over.isPresent() && !now.isBefore(over.get()) && answered;
    }

    /** The controller's answers have lacked the job for longer than they may by mistake. */
    boolean isGone() {
        return live.absentSince()
                .filter(since -> isSince(live.controllerAnsweredAt(), since.plus(policy.absence())))
                .isPresent();
    }

    /**
     * A job that was asked to end was looked for soon, and did not wait in the queue: if it were to start again, it would
     * wait there for the two minutes that Slurm lets pass before (slurm.md, 2).
     */
    boolean isNotToStartAgain(JobObservation record) {
        Optional<Instant> reported = live.end().controllerEndStamp();
        Optional<Instant> left = item.attempt().leftAt();
        return reported.isPresent()
                && left.filter(at -> reported.get().isBefore(at.plus(Policy.REQUEUE_PAUSE_MIN)))
                        .isPresent()
                && record.endedAt()
                        .filter(at -> reported.get().isBefore(at.plus(Policy.REQUEUE_PAUSE_MIN)))
                        .isPresent();
    }

    /**
     * The job waited when it was cancelled: the scheduler said so right before, or it listed the job so shortly before it
     * was gone that it cannot have run and been forgotten meanwhile. That accounting has no start of it is not enough:
     * what it does not hear of it never has (slurm.md, 9).
     */
    boolean cancelledWhileListed() {
        boolean sentBefore = live.end()
                .cancellation()
                .sentAt()
                .filter(at -> item.attempt().leftAt().isEmpty()
                        || live.end().leftAt().filter(left -> !at.isAfter(left)).isPresent())
                .isPresent();
        boolean seenClosely = live.listedAt().isPresent()
                && live.absentSince()
                        .filter(at -> at.isBefore(live.listedAt().get().plus(Policy.MIN_JOB_AGE_MIN)))
                        .isPresent();
        return live.end().cancellation().wasTakenWhileWaiting() || (sentBefore && seenClosely);
    }

    boolean neverStarted() {
        return item.attempt().startedAt().isEmpty()
                && record().isEmpty()
                && startRecord().isEmpty()
                && accounting().filter(JobIdentity::hasStarted).isEmpty()
                && controller().filter(JobIdentity::hasStarted).isEmpty()
                && controller().filter(s -> s.state().phase() == Phase.UNKNOWN).isEmpty();
    }

    /** Its dependency can never be satisfied any more, and the site has such jobs cancelled (kill_invalid_depend). */
    boolean endedForItsDependency() {
        return neverStarted()
                && (accounting().filter(Evidence::isForDependency).isPresent()
                        || controller().filter(Evidence::isForDependency).isPresent());
    }

    private static boolean isForDependency(JobObservation s) {
        return s.state().phase() == Phase.CANCELLED && s.state().reason() == ItemReason.DEPENDENCY_NEVER_SATISFIED;
    }

    /** The settle clock has run out, and those who could know better have had the last word. */
    boolean settleTimedOut() {
        if (item.state().isEnd()) {
            // Its verdict was given without confirmation: whatever comes now is late.
            return true;
        }
        if (item.attempt().leftAt().isEmpty() || controllerSaysAlive() || awaitsRequeue()) {
            return false;
        }
        Instant end = settlesSince.plus(policy.settleTimeout());
        if (now.isBefore(end)) {
            return false;
        }
        boolean controllerHeard = live.controllerAnsweredAt().isPresent()
                || live.controllerSilentAt().isPresent();
        if (accountingOff) {
            return isSince(live.controllerAnsweredAt(), end) || isSince(live.controllerSilentAt(), end);
        }
        Instant answeredEnd = accountingWarmAt.isAfter(end) ? accountingWarmAt : end;
        return controllerHeard
                && (isSince(live.end().accountingAnsweredAt(), answeredEnd) || isSince(live.accountingSilentAt(), end));
    }

    /**
     * A failure that a requeue may undo, and the window in which one would show is not over: who can be asked about it
     * answers in some seconds, and then the verdict is a confirmed one.
     */
    private boolean awaitsRequeue() {
        boolean open = isUnlessRequeued(accounting()) || isUnlessRequeued(controller());
        Optional<Instant> over = live.end().requeueOpenSince().map(since -> since.plus(policy.requeueWindow()));
        return open && over.isPresent() && !requeueWindowOver() && !isSince(live.controllerSilentAt(), over.get());
    }

    private static boolean isUnlessRequeued(Optional<JobObservation> said) {
        return said.filter(s -> s.state().phase() == Phase.FAILED_UNLESS_REQUEUED)
                .isPresent();
    }

    private static boolean isSince(Optional<Instant> at, Instant bound) {
        return at.filter(time -> !time.isBefore(bound)).isPresent();
    }

    boolean recordIsBad() {
        return record().filter(Evidence::isBad).isPresent();
    }

    boolean recordIsGood() {
        return record().filter(s -> !isBad(s)).isPresent();
    }

    static boolean isBad(JobObservation record) {
        return record.state().phase() != Phase.COMPLETED || record.codeIsBad();
    }

    static boolean isBadEnd(Phase phase) {
        return phase == Phase.FAILED || phase == Phase.FAILED_UNLESS_REQUEUED || phase == Phase.CANCELLED;
    }

    /** Whether what the queue said of an end is all that is to be known of it. */
    boolean isDetailed(JobObservation queue) {
        if (queue.state().phase() == Phase.CANCELLED) {
            boolean isKnown =
                    item.cancelAskedBy().isPresent() || queue.cancelledBy().isPresent();
            return isKnown || (isSinceDetail() && accountingHasAnswered());
        }
        if (isSinceDetail()) {
            return true;
        }
        if (queue.state().reason() == ItemReason.TIME_LIMIT) {
            // How long it ran tells a time limit from an allocation that ran out.
            return queue.startedAt().isPresent()
                    && queue.endedAt().isPresent()
                    && queue.timeLimit().isPresent();
        }
        boolean withoutDetail =
                queue.state().reason() == ItemReason.EXIT_CODE || queue.state().reason() == ItemReason.SIGNAL;
        return !withoutDetail || queue.codeIsBad() || recordIsBad();
    }

    /**
     * Who cancelled a job only accounting says, in its row of the end. A budget of questions may keep it from being asked
     * for some seconds, a question may hang, and an answer may be from before the end; one without any row says that
     * there is nothing to wait for.
     */
    private boolean accountingHasAnswered() {
        boolean hasNoRow =
                live.end().accountingAnsweredAt().isPresent() && accounting().isEmpty();
        return accountingOff || hasNoRow || !now.isBefore(settlesSince.plus(policy.whoCancelledWindow()));
    }

    /**
     * Whether the exit code of a row of accounting may be cut, nobody has told it whole, and the controller still may
     * ({@link Outcomes}).
     */
    boolean mayHearWholeCode(JobObservation row) {
        boolean cuttable = row.source().role() == Role.ACCOUNTING
                && row.state().phase() == Phase.FAILED
                && row.signal().orElse(0) == 0
                && row.exitCode().orElse(0) > 0;
        return cuttable
                && record().isEmpty()
                && controllerEnd().isEmpty()
                && !item.state().isEnd()
                && !live.isAbsent()
                && !isSinceDetail();
    }

    private boolean isSinceDetail() {
        return live.end().detailUntil().filter(until -> !now.isBefore(until)).isPresent();
    }

    /** The item was cancelled, or its waiting job was taken out of the queue. */
    boolean wasToEnd() {
        return item.cancelAskedBy().isPresent() || item.withdrawal().isPresent();
    }

    boolean isLocal() {
        return policy.backend() == BackendName.LOCAL;
    }
}
