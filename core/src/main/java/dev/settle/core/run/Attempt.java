package dev.settle.core.run;

import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitToken;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of an item: its job and what was said of it. Owned by the thread that folds the journal; views must
 * copy what they keep.
 */
public final class Attempt {
    private static final List<Source.Role> ROLES = List.of(Source.Role.values());

    private final int number;

    // Absent ones are null here and in Item: an Optional for each time and name takes as much room as all else.
    @Nullable
    SubmitToken token;

    @Nullable
    JobId jobId;

    @Nullable
    Instant intendedAt;

    @Nullable
    Instant submittedAt;

    @Nullable
    Instant startedAt;

    @Nullable
    Left left;

    @Nullable
    String node;

    @Nullable
    Outcome outcome;
    /** The submit time that the scheduler gives this run of the job; a later one means that it was requeued. */
    @Nullable
    Instant runSubmittedAt;

    /** The submit time of the run before this one; a row with this time or an earlier one is of that run. */
    @Nullable
    Instant earlierRunAt;

    /** The name of somebody else's job as the scheduler gave it first; ours are known by their token. */
    @Nullable
    String jobName;

    /** How often the scheduler started this same job again before this attempt. */
    int restarts;

    // The newest observation of each role; most jobs have one, for which a list of 100,000 items adds up.
    private @Nullable JobObservation byAccounting;
    private @Nullable JobObservation byController;
    private @Nullable JobObservation byExitRecord;
    private @Nullable JobObservation byStartRecord;

    /** The job left the queue or was said to have ended. */
    record Left(Instant at, String why) {}

    Attempt(int number) {
        this.number = number;
    }

    /**
     * An attempt out of a snapshot, with what the methods of the same names say of it.
     *
     * @param latest the newest observation of each role
     */
    public static Attempt restored(
            int number,
            Optional<SubmitToken> token,
            Optional<JobId> jobId,
            Optional<Instant> intendedAt,
            Optional<Instant> submittedAt,
            Optional<Instant> startedAt,
            Optional<Instant> leftAt,
            Optional<String> leftWhy,
            Optional<String> node,
            Optional<Outcome> outcome,
            Optional<Instant> runSubmittedAt,
            Optional<Instant> earlierRunAt,
            Optional<String> jobName,
            int restarts,
            List<JobObservation> latest) {
        Attempt attempt = new Attempt(number);
        attempt.token = token.orElse(null);
        attempt.jobId = jobId.orElse(null);
        attempt.intendedAt = intendedAt.orElse(null);
        attempt.submittedAt = submittedAt.orElse(null);
        attempt.startedAt = startedAt.orElse(null);
        attempt.left = leftAt.isPresent() ? new Left(leftAt.get(), leftWhy.orElse("")) : null;
        attempt.node = node.orElse(null);
        attempt.outcome = outcome.orElse(null);
        attempt.runSubmittedAt = runSubmittedAt.orElse(null);
        attempt.earlierRunAt = earlierRunAt.orElse(null);
        attempt.jobName = jobName.orElse(null);
        attempt.restarts = restarts;
        for (JobObservation observation : latest) {
            attempt.put(observation.source().role(), observation);
        }
        return attempt;
    }

    private void put(Source.Role role, @Nullable JobObservation observation) {
        switch (role) {
            case ACCOUNTING -> byAccounting = observation;
            case CONTROLLER -> byController = observation;
            case EXIT_RECORD -> byExitRecord = observation;
            case START_RECORD -> byStartRecord = observation;
        }
    }

    private @Nullable JobObservation by(Source.Role role) {
        return switch (role) {
            case ACCOUNTING -> byAccounting;
            case CONTROLLER -> byController;
            case EXIT_RECORD -> byExitRecord;
            case START_RECORD -> byStartRecord;
        };
    }

    void observed(JobObservation observation) {
        boolean inPartAlone = isSeenInPartAlone();
        put(observation.source().role(), observation);
        if (runSubmittedAt == null || (inPartAlone && !observation.partial())) {
            runSubmittedAt = observation.submittedAt().orElse(runSubmittedAt);
        }
        if (token == null && jobName == null && !observation.partial()) {
            jobName = observation.jobName().orElse(null);
        }
    }

    /** Whether all that was seen of this run of the job is incomplete: it may be somebody else's. */
    public boolean isSeenInPartAlone() {
        boolean inPart = isPartial(byController) || isPartial(byAccounting);
        return inPart && !isWhole(byController) && !isWhole(byAccounting);
    }

    private static boolean isPartial(@Nullable JobObservation seen) {
        return seen != null && seen.partial();
    }

    private static boolean isWhole(@Nullable JobObservation seen) {
        return seen != null && !seen.partial();
    }

    /** The job was seen alive after it was said to have ended: what said so does not hold any more. */
    void alive() {
        left = null;
        if (byAccounting != null && byAccounting.state().phase().isEnd()) {
            byAccounting = null;
        }
        if (byController != null && byController.state().phase().isEnd()) {
            byController = null;
        }
    }

    /**
     * The scheduler starts the same job again.
     *
     * @param runAt the submit time of the new run, if an observation told it before
     */
    Attempt requeued(Instant at, Optional<Instant> runAt) {
        Attempt next = new Attempt(number + 1);
        next.token = token;
        next.jobId = jobId;
        next.jobName = jobName;
        next.intendedAt = intendedAt;
        next.submittedAt = at;
        boolean seenBefore = runAt.isPresent() && runAt.get().equals(runSubmittedAt);
        next.earlierRunAt = seenBefore || runSubmittedAt == null ? earlierRunAt : runSubmittedAt;
        next.runSubmittedAt = runAt.orElse(null);
        next.restarts = restarts + 1;
        return next;
    }

    public int number() {
        return number;
    }

    public Optional<SubmitToken> token() {
        return Optional.ofNullable(token);
    }

    public Optional<JobId> jobId() {
        return Optional.ofNullable(jobId);
    }

    public Optional<Instant> intendedAt() {
        return Optional.ofNullable(intendedAt);
    }

    public Optional<Instant> submittedAt() {
        return Optional.ofNullable(submittedAt);
    }

    public Optional<Instant> startedAt() {
        return Optional.ofNullable(startedAt);
    }

    /** When the job left the queue or was said to have ended: the settle clock starts here. */
    public Optional<Instant> leftAt() {
        return Optional.ofNullable(left).map(Left::at);
    }

    public Optional<String> leftWhy() {
        return Optional.ofNullable(left).map(Left::why);
    }

    public Optional<String> node() {
        return Optional.ofNullable(node);
    }

    public Optional<Instant> runSubmittedAt() {
        return Optional.ofNullable(runSubmittedAt);
    }

    /** The submit time of the scheduler's run of this job before this one. */
    public Optional<Instant> earlierRunAt() {
        return Optional.ofNullable(earlierRunAt);
    }

    public Optional<String> jobName() {
        return Optional.ofNullable(jobName);
    }

    public int restarts() {
        return restarts;
    }

    public Optional<Outcome> outcome() {
        return Optional.ofNullable(outcome);
    }

    /** The newest observation of each role that said anything. */
    public Optional<JobObservation> latest(Source.Role role) {
        return Optional.ofNullable(by(role));
    }

    /** The newest observation of each role that said anything, in the order of roles. */
    public List<JobObservation> observations() {
        List<JobObservation> observations = new ArrayList<>(1);
        for (Source.Role role : ROLES) {
            latest(role).ifPresent(observations::add);
        }
        return observations;
    }
}
