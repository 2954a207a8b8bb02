package dev.settle.core.kernel.evidence;

import dev.settle.core.kernel.state.Policy;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.Source.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whose row it is. A job is its id, its submit time and our token: ids are reused after a crash of the controller and
 * where a site wraps them around (slurm.md, 1).
 */
final class JobIdentity {
    /** The cluster's clock may be behind ours by so much. */
    private static final Duration CLOCKS_APART_MAX = Duration.ofMinutes(5);

    private JobIdentity() {}

    /** The newest of the rows that is of this run of the item's job, or of a later run. */
    static Optional<JobObservation> ours(Item item, List<JobObservation> rows) {
        JobObservation newest = null;
        for (JobObservation row : rows) {
            if (isOurs(item.attempt(), row)
                    && (newest == null || submitTime(row).isAfter(submitTime(newest)))) {
                newest = row;
            }
        }
        return Optional.ofNullable(newest);
    }

    private static boolean isOurs(Attempt attempt, JobObservation row) {
        Optional<Instant> run = attempt.runSubmittedAt();
        boolean sameRun = run.isPresent() && run.equals(row.submittedAt());
        if (sameRun) {
            // Id and submit time are enough, whatever the job is called since (conformance.md, B8). But a
            // controller that crashed may give the id to our own next submission within the same second; and what was
            // seen only in part may have been somebody else's from the beginning.
            boolean known = row.partial() || !attempt.isSeenInPartAlone() || isSameSubmission(attempt, row);
            return known && !carriesAnotherToken(attempt, row);
        }
        if (isEarlier(attempt, row)) {
            return false;
        }
        if (row.partial()) {
            // Incomplete rows say nothing of the submission.
            return run.isEmpty() && isSinceSubmission(attempt, row);
        }
        return isSameSubmission(attempt, row);
    }

    private static boolean isEarlier(Attempt attempt, JobObservation row) {
        if (row.submittedAt().isEmpty()) {
            return false;
        }
        Instant at = row.submittedAt().get();
        return attempt.runSubmittedAt().filter(at::isBefore).isPresent()
                || attempt.earlierRunAt()
                        .filter(earlier -> !at.isAfter(earlier))
                        .isPresent();
    }

    private static boolean isSinceSubmission(Attempt attempt, JobObservation row) {
        return attempt.intendedAt().isEmpty()
                || row.submittedAt().isEmpty()
                || !row.submittedAt().get().isBefore(attempt.intendedAt().get().minus(CLOCKS_APART_MAX));
    }

    private static boolean carriesAnotherToken(Attempt attempt, JobObservation row) {
        return attempt.token().isPresent()
                && row.token().isPresent()
                && !row.token().equals(attempt.token());
    }

    private static boolean isSameSubmission(Attempt attempt, JobObservation row) {
        boolean nameless = row.jobName().filter(name -> !name.isEmpty()).isEmpty();
        if (attempt.token().isPresent()) {
            // A job that has a name and no token is none of ours; of one that has neither, nothing is known.
            return row.token().isPresent() ? row.token().equals(attempt.token()) : nameless;
        }
        // Somebody else's job has no token: it is known by the name that it had first.
        return nameless || attempt.jobName().isEmpty() || attempt.jobName().equals(row.jobName());
    }

    /**
     * The scheduler started the same job again: same id and name, later submit time (slurm.md, 2), or a start
     * that lies after the end that the job's own record tells.
     */
    static boolean isNewRun(Item item, JobObservation observation) {
        Optional<Instant> run = item.attempt().runSubmittedAt();
        boolean later = run.isPresent()
                && !item.attempt().isSeenInPartAlone()
                && observation.submittedAt().filter(run.get()::isBefore).isPresent()
                && !isRunOfItsRecord(item, observation);
        return later || startedAfterItsRecord(item, observation);
    }

    /**
     * Whether the observation is of the very run that the job's own record tells of, whatever time of submission was known
     * before: it started when the record's run did; or it is said to wait, by an answer that is behind, and was submitted
     * before that run started.
     */
    static boolean isRunOfItsRecord(Item item, JobObservation observation) {
        Optional<JobObservation> ofItself =
                item.attempt().latest(Role.EXIT_RECORD).or(() -> item.attempt().latest(Role.START_RECORD));
        return ofItself.filter(record -> hasStarted(observation)
                        ? isOfRecordsRun(observation, record)
                        : isSubmittedBeforeStart(observation, record))
                .isPresent();
    }

    static boolean isSubmittedBeforeStart(JobObservation observation, JobObservation record) {
        return observation.submittedAt().isPresent()
                && record.startedAt()
                        .filter(observation.submittedAt().get()::isBefore)
                        .isPresent();
    }

    private static boolean startedAfterItsRecord(Item item, JobObservation observation) {
        return item.attempt()
                .latest(Role.EXIT_RECORD)
                .filter(record -> startedAfter(record, observation))
                .isPresent();
    }

    /** What a row tells began after the item was taken to have left the queue: it had not. */
    static boolean startedAfterItLeft(Item item, JobObservation row) {
        Optional<Instant> left =
                item.state() == ItemState.SETTLING ? item.attempt().leftAt() : Optional.empty();
        return left.isPresent()
                && row.startedAt()
                        .filter(left.get().plus(Policy.NODE_CLOCKS_APART_MAX)::isBefore)
                        .isPresent();
    }

    /** What an observation tells began after what a record tells had ended. */
    static boolean startedAfter(JobObservation record, JobObservation observation) {
        // squeue tells waiting jobs' expected start; only of what has started is it a fact.
        Optional<Instant> started = hasStarted(observation) ? observation.startedAt() : Optional.empty();
        Optional<Instant> recorded = record.endedAt();
        return started.isPresent()
                && recorded.filter(end -> end.plus(Policy.NODE_CLOCKS_APART_MAX).isBefore(started.get()))
                        .isPresent();
    }

    /** What a row tells of was submitted after what an earlier observation tells of. */
    static boolean submittedAfter(JobObservation earlier, JobObservation row) {
        return earlier.submittedAt().isPresent()
                && row.submittedAt()
                        .filter(earlier.submittedAt().get()::isBefore)
                        .isPresent();
    }

    /** Of the run that left the record is what started when it did; and what waited when it was seen last. */
    static boolean isOfRecordsRun(JobObservation observation, JobObservation record) {
        if (!hasStarted(observation)) {
            return true;
        }
        return observation.startedAt().isPresent()
                && record.startedAt().isPresent()
                && Duration.between(
                                        observation.startedAt().get(),
                                        record.startedAt().get())
                                .abs()
                                .compareTo(Policy.NODE_CLOCKS_APART_MAX)
                        <= 0;
    }

    /** How many runs of the same job came before that of a row, by the rows that they left. */
    static int earlierRuns(JobObservation newest, List<JobObservation> rows) {
        Set<Instant> submitted = new HashSet<>();
        for (JobObservation row : rows) {
            Phase phase = row.state().phase();
            boolean followed = phase == Phase.REQUEUED || phase == Phase.FAILED_UNLESS_REQUEUED;
            if (followed && !row.partial() && isSameJob(row, newest) && submittedAfter(row, newest)) {
                submitted.add(row.submittedAt().orElseThrow());
            }
        }
        return submitted.size();
    }

    private static boolean isSameJob(JobObservation row, JobObservation newest) {
        return newest.token().isPresent()
                ? row.token().equals(newest.token())
                : newest.jobName().isPresent() && row.jobName().equals(newest.jobName());
    }

    /** squeue prints an expected start for waiting jobs, and the end as the start for jobs cancelled while they wait. */
    static boolean hasStarted(JobObservation s) {
        Phase phase = s.state().phase();
        if (phase == Phase.RUNNING || phase == Phase.ENDING) {
            return true;
        }
        boolean fromController = s.source().role() == Role.CONTROLLER;
        if (s.startedAt().isEmpty() || (fromController && !phase.isEnd())) {
            return false;
        }
        return s.node().isPresent()
                || s.endedAt().isEmpty()
                || s.startedAt().get().isBefore(s.endedAt().get());
    }

    private static Instant submitTime(JobObservation row) {
        return row.submittedAt().orElse(Instant.MIN);
    }
}
