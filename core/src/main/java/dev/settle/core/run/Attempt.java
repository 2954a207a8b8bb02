package dev.settle.core.run;

import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitToken;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
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

    /** Sightings that a snapshot holds and nobody has asked for yet. */
    private @Nullable Supplier<? extends Collection<JobObservation>> unread;

    /** The job left the queue or was said to have ended. */
    record Left(Instant at, String why) {}

    Attempt(int number) {
        this.number = number;
    }

    Attempt(ItemMemory.OfAttempt memory) {
        number = memory.number();
        token = memory.token().orElse(null);
        jobId = memory.jobId().orElse(null);
        intendedAt = memory.intendedAt().orElse(null);
        submittedAt = memory.submittedAt().orElse(null);
        startedAt = memory.startedAt().orElse(null);
        left = memory.leftAt()
                .map(at -> new Left(at, memory.leftWhy().orElse("")))
                .orElse(null);
        node = memory.node().orElse(null);
        outcome = memory.outcome().orElse(null);
        runSubmittedAt = memory.runSubmittedAt().orElse(null);
        earlierRunAt = memory.earlierRunAt().orElse(null);
        jobName = memory.jobName().orElse(null);
        restarts = memory.restarts();
        unread = memory.latest();
    }

    ItemMemory.OfAttempt memory() {
        Supplier<? extends Collection<JobObservation>> observations = unread;
        List<JobObservation> seen = observations == null ? observations() : List.of();
        return new ItemMemory.OfAttempt(
                number,
                token(),
                jobId(),
                intendedAt(),
                submittedAt(),
                startedAt(),
                leftAt(),
                leftWhy(),
                node(),
                outcome(),
                runSubmittedAt(),
                earlierRunAt(),
                jobName(),
                restarts,
                observations == null ? () -> seen : observations);
    }

    private void recall() {
        Supplier<? extends Collection<JobObservation>> waiting = unread;
        if (waiting != null) {
            unread = null;
            waiting.get().forEach(observation -> put(observation.source().role(), observation));
        }
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
        recall();
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
        recall();
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
        recall();
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
        recall();
        return Optional.ofNullable(by(role));
    }

    /** The newest observation of each role that said anything, in the order of roles. */
    public List<JobObservation> observations() {
        recall();
        List<JobObservation> observations = new ArrayList<>(1);
        for (Source.Role role : ROLES) {
            latest(role).ifPresent(observations::add);
        }
        return observations;
    }
}
