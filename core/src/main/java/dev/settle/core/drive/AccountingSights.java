package dev.settle.core.drive;

import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.port.JobId;
import dev.settle.core.port.JobState.Phase;
import dev.settle.core.port.Sighting;
import dev.settle.core.port.Source.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What an answer of accounting does to one item: it settles, has been started again, or gets its figures. */
final class AccountingSights {
    /** Figures are not worth more questions than this. */
    private static final int MEASURE_TRIES_MAX = 6;

    private final Board board;
    private final Pacing pacing;
    private final Identity identity;
    private final ControllerSights controller;

    AccountingSights(Board board, Pacing pacing, Identity identity, ControllerSights controller) {
        this.board = board;
        this.pacing = pacing;
        this.identity = identity;
        this.controller = controller;
    }

    /**
     * Takes an answer about the item in.
     *
     * @param seen the row of its newest run
     * @param rows all rows of its id
     */
    void on(Item item, Optional<Sighting> seen, List<Sighting> rows) {
        Track track = board.track(item);
        track.end().accountingAnsweredAt = Optional.of(pacing.accounting().askedAt());
        if (seen.isEmpty()) {
            if (pacing.accounting().isWarm()) {
                track.end().accountingEmptyAnswers++;
                if (track.end().accountingEmptySince.isEmpty()) {
                    track.end().accountingEmptySince = Optional.of(board.now());
                }
            } else {
                pacing.accounting().want(item, pacing.accounting().warmAt());
            }
            measureTried(item, track);
            return;
        }
        Sighting row = seen.get();
        Phase phase = row.state().phase();
        item.attempt().jobId().filter(JobId::isTask).ifPresent(job -> board.accountingHasRowsOf(job.whole()));
        track.known();
        if (item.state().isLive() && identity.isNewRun(item, row)) {
            controller.requeued(item, Optional.empty(), row.submittedAt());
        }
        if (item.state().isLive() && phase.isEnd() && !row.partial()) {
            requeuedUnseen(item, row, rows);
        }
        if (phase == Phase.FAILED_UNLESS_REQUEUED && isFollowed(row, rows)) {
            pacing.accounting().want(item);
            return;
        }
        Sights.remember(board, item, row);
        if (item.state().isEnd()) {
            measured(item, track, row);
            if (item.isUnconfirmed() && phase == Phase.FAILED_UNLESS_REQUEUED) {
                requeueOpenAfterEnd(item, track, row);
            }
            return;
        }
        if (phase == Phase.WAITING && pacing.accounting().isWarm()) {
            // Of a job that left the queue this says as little as no row at all.
            track.end().accountingEmptyAnswers++;
        }
        if (phase == Phase.RUNNING
                && board.doctrine.holds(Check.LATER_START_IS_LIFE)
                && identity.startedAfterItLeft(item, row)) {
            controller.running(item, row);
        }
        if (phase == Phase.FAILED_UNLESS_REQUEUED) {
            controller.requeueOpen(item, track);
        }
        if (phase.isEnd() && !row.partial()) {
            track.end().saidAt = Optional.of(board.now());
            controller.left(item, "sacct says " + row.state().raw());
            if (new Evidence(board, item, pacing.accounting().warmAt()).mayHearWholeCode(row)) {
                controller.detailOpen(item, track);
                pacing.controller().want(board.now());
            }
        }
    }

    /** An incomplete row proves no requeue, but while it is there the run before it is not the last one. */
    private static boolean isFollowed(Sighting row, List<Sighting> rows) {
        return rows.stream().anyMatch(other -> other.partial() && Identity.submittedAfter(row, other));
    }

    /**
     * The scheduler had started the job again before it was seen for the first time: accounting has a row of each run
     * (slurm.md, 2), and what was seen is of the last one.
     */
    private void requeuedUnseen(Item item, Sighting row, List<Sighting> rows) {
        int ahead = identity.earlierRuns(row, rows) - item.attempt().restarts();
        if (ahead <= 0 || !board.doctrine.holds(Check.EACH_RUN_HAS_A_ROW)) {
            return;
        }
        List<Sighting> ofThisRun = item.attempt().sightings().stream()
                .filter(sighting -> isRecord(sighting)
                        ? Identity.isOfRecordsRun(row, sighting)
                        : sighting.submittedAt().equals(row.submittedAt()))
                .toList();
        for (int i = 0; i < ahead; i++) {
            controller.requeued(item, Optional.empty(), row.submittedAt());
        }
        ofThisRun.forEach(sighting -> board.emit(new ItemEvent.Sighted(item.id(), sighting)));
    }

    private static boolean isRecord(Sighting sighting) {
        return sighting.source().role() == Role.EXIT_RECORD || sighting.source().role() == Role.START_RECORD;
    }

    /**
     * A verdict that nobody confirmed may be this one, once accounting has had the time to show a requeue. Of a run that
     * has ended it is asked but once: there the clocks have to tell.
     */
    private void requeueOpenAfterEnd(Item item, Track track, Sighting row) {
        Duration window = board.policy.requeueWindow();
        if (track.end().requeueOpenSince.isEmpty()) {
            boolean longAgo = board.state.ended().isPresent()
                    && row.endedAt()
                            .filter(end -> end.plus(window)
                                    .plus(Policy.NODE_CLOCKS_APART_MAX)
                                    .isBefore(board.stamp()))
                            .isPresent();
            track.end().requeueOpenSince = Optional.of(longAgo ? Instant.MIN : board.now());
        }
        Instant over = track.end().requeueOpenSince.get().plus(window);
        if (track.end().accountingAnsweredAt.filter(over::isAfter).isPresent()) {
            pacing.accounting().want(item, over);
        }
    }

    /** The figures of an attempt that had its verdict before accounting had its row. */
    private void measured(Item item, Track track, Sighting row) {
        boolean complete = row.state().phase().isEnd() && !row.partial();
        if (!board.isMeasured(item) || !complete) {
            measureTried(item, track);
            return;
        }
        if (!row.usage().equals(item.usage())) {
            board.emit(new ItemEvent.Measured(item.id(), row.usage()));
        }
        board.measured(item);
    }

    private void measureTried(Item item, Track track) {
        if (board.isMeasured(item) && ++track.end().measureTries >= MEASURE_TRIES_MAX) {
            board.measured(item);
        }
    }
}
