package dev.settle.core.kernel.evidence;

import dev.settle.core.kernel.polling.Polling;
import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.Source.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What an answer of accounting does to one item: it settles, has been started again, or gets its figures. */
final class SacctUpdates {
    /** Figures are not worth more queries than this. */
    private static final int FIGURE_TRIES_MAX = 6;

    private final KernelContext context;
    private final LiveItems liveItems;
    private final Polling polling;
    private final SqueueUpdates controller;

    SacctUpdates(KernelContext context, LiveItems liveItems, Polling polling, SqueueUpdates controller) {
        this.context = context;
        this.liveItems = liveItems;
        this.polling = polling;
        this.controller = controller;
    }

    /**
     * Takes an answer about the item in.
     *
     * @param seen the row of its newest run
     * @param rows all rows of its id
     */
    void on(Item item, Optional<JobObservation> seen, List<JobObservation> rows) {
        LiveItemState live = liveItems.of(item);
        live.end().accountingAnswered(polling.accounting().askedAt());
        if (seen.isEmpty()) {
            if (polling.accounting().isWarm()) {
                live.end().accountingHasNoRow(context.now());
            } else {
                polling.accounting().want(item, polling.accounting().warmAt());
            }
            figuresLacking(item, live);
            return;
        }
        JobObservation row = seen.get();
        Phase phase = row.state().phase();
        liveItems.accountingHasRow(item);
        live.known();
        if (item.state().isLive() && JobIdentity.isNewRun(item, row)) {
            controller.requeued(item, Optional.empty(), row.submittedAt());
        }
        if (item.state().isLive() && phase.isEnd() && !row.partial()) {
            requeuedUnseen(item, row, rows);
        }
        if (phase == Phase.FAILED_UNLESS_REQUEUED && isFollowed(row, rows)) {
            polling.accounting().want(item);
            return;
        }
        liveItems.remember(item, row);
        if (item.state().isEnd()) {
            figures(item, live, row);
            if (item.isUnconfirmed() && phase == Phase.FAILED_UNLESS_REQUEUED) {
                requeueOpenAfterEnd(item, live, row);
            }
            return;
        }
        if (phase == Phase.WAITING && polling.accounting().isWarm()) {
            live.end().accountingReportsWaiting();
        }
        if (phase == Phase.RUNNING && JobIdentity.startedAfterItLeft(item, row)) {
            controller.running(item, row);
        }
        if (phase == Phase.FAILED_UNLESS_REQUEUED) {
            controller.requeueOpen(item, live);
        }
        if (phase.isEnd() && !row.partial()) {
            live.end().reported(context.now());
            controller.left(item, "sacct says " + row.state().raw());
            if (new Evidence(context, liveItems, item, polling.accounting().warmAt()).mayHearWholeCode(row)) {
                controller.detailOpen(item, live);
                polling.controller().want(context.now());
            }
        }
    }

    /** An incomplete row proves no requeue, but while it is there the run before it is not the last one. */
    private static boolean isFollowed(JobObservation row, List<JobObservation> rows) {
        return rows.stream().anyMatch(other -> other.partial() && JobIdentity.submittedAfter(row, other));
    }

    /**
     * The scheduler had started the job again before it was seen for the first time: accounting has a row of each run
     * (slurm.md, 2), and what was seen is of the last one.
     */
    private void requeuedUnseen(Item item, JobObservation row, List<JobObservation> rows) {
        int ahead = JobIdentity.earlierRuns(row, rows) - item.attempt().restarts();
        if (ahead <= 0) {
            return;
        }
        List<JobObservation> ofThisRun = item.attempt().observations().stream()
                .filter(observation -> isRecord(observation)
                        ? JobIdentity.isOfRecordsRun(row, observation)
                        : observation.submittedAt().equals(row.submittedAt()))
                .toList();
        for (int i = 0; i < ahead; i++) {
            controller.requeued(item, Optional.empty(), row.submittedAt());
        }
        ofThisRun.forEach(observation -> context.emit(new ItemEvent.Observed(item.id(), observation)));
    }

    private static boolean isRecord(JobObservation observation) {
        return observation.source().role() == Role.EXIT_RECORD
                || observation.source().role() == Role.START_RECORD;
    }

    /**
     * A verdict that nobody confirmed may be this one, once accounting has had the time to show a requeue. Of a run that
     * has ended it is asked but once: there the clocks have to tell.
     */
    private void requeueOpenAfterEnd(Item item, LiveItemState live, JobObservation row) {
        Duration window = context.policy().requeueWindow();
        boolean longAgo = context.state().ended().isPresent()
                && row.endedAt()
                        .filter(end -> end.plus(window)
                                .plus(Policy.NODE_CLOCKS_APART_MAX)
                                .isBefore(context.clock().stamp()))
                        .isPresent();
        Instant over =
                live.end().requeueOpen(longAgo ? Instant.MIN : context.now()).plus(window);
        if (live.end().accountingAnsweredAt().filter(over::isAfter).isPresent()) {
            polling.accounting().want(item, over);
        }
    }

    /** The figures of an attempt that had its verdict before accounting had its row. */
    private void figures(Item item, LiveItemState live, JobObservation row) {
        boolean complete = row.state().phase().isEnd() && !row.partial();
        if (!liveItems.awaitsFigures(item) || !complete) {
            figuresLacking(item, live);
            return;
        }
        if (!row.usage().equals(item.usage())) {
            context.emit(new ItemEvent.Measured(item.id(), row.usage()));
        }
        liveItems.figuresDone(item);
    }

    private void figuresLacking(Item item, LiveItemState live) {
        if (liveItems.awaitsFigures(item) && live.end().countFigureTry() >= FIGURE_TRIES_MAX) {
            liveItems.figuresDone(item);
        }
    }
}
