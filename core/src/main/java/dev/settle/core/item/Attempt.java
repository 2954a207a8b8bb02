package dev.settle.core.item;

import dev.settle.core.port.JobId;
import dev.settle.core.port.Sighting;
import dev.settle.core.port.Source;
import dev.settle.core.port.SubmitToken;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of an item: its job and what was said of it. Owned by the thread that folds the journal; views must
 * copy what they keep.
 */
public final class Attempt {
    private final int number;
    Optional<SubmitToken> token = Optional.empty();
    Optional<JobId> jobId = Optional.empty();
    Optional<Instant> intendedAt = Optional.empty();
    Optional<Instant> submittedAt = Optional.empty();
    Optional<Instant> startedAt = Optional.empty();
    Optional<Instant> leftAt = Optional.empty();
    Optional<String> leftWhy = Optional.empty();
    Optional<String> node = Optional.empty();
    Optional<Outcome> outcome = Optional.empty();
    /** The submit time that the scheduler gives this run of the job; a later one means that it was requeued. */
    Optional<Instant> runSubmittedAt = Optional.empty();

    /** The submit time of the run before this one; a row with this time or an earlier one is of that run. */
    Optional<Instant> earlierRunAt = Optional.empty();

    /** The name of somebody else's job as the scheduler gave it first; ours are known by their token. */
    Optional<String> jobName = Optional.empty();

    /** How often the scheduler started this same job again before this attempt. */
    int restarts;

    /** One of each role, in the order of roles; mostly none or one, for which a map of 100,000 items adds up. */
    private List<Sighting> latest = List.of();

    /** Sightings that a snapshot holds and nobody has asked for yet. */
    private @Nullable Supplier<? extends Collection<Sighting>> unread;

    Attempt(int number) {
        this.number = number;
    }

    Attempt(ItemMemory.OfAttempt memory) {
        number = memory.number();
        token = memory.token();
        jobId = memory.jobId();
        intendedAt = memory.intendedAt();
        submittedAt = memory.submittedAt();
        startedAt = memory.startedAt();
        leftAt = memory.leftAt();
        leftWhy = memory.leftWhy();
        node = memory.node();
        outcome = memory.outcome();
        runSubmittedAt = memory.runSubmittedAt();
        earlierRunAt = memory.earlierRunAt();
        jobName = memory.jobName();
        restarts = memory.restarts();
        unread = memory.latest();
    }

    ItemMemory.OfAttempt memory() {
        Supplier<? extends Collection<Sighting>> sightings = unread;
        List<Sighting> seen = latest;
        return new ItemMemory.OfAttempt(
                number,
                token,
                jobId,
                intendedAt,
                submittedAt,
                startedAt,
                leftAt,
                leftWhy,
                node,
                outcome,
                runSubmittedAt,
                earlierRunAt,
                jobName,
                restarts,
                sightings == null ? () -> seen : sightings);
    }

    private List<Sighting> latest() {
        Supplier<? extends Collection<Sighting>> waiting = unread;
        if (waiting != null) {
            unread = null;
            waiting.get().forEach(this::put);
        }
        return latest;
    }

    private void put(Sighting sighting) {
        Source.Role role = sighting.source().role();
        List<Sighting> next = new ArrayList<>(latest);
        next.removeIf(known -> known.source().role() == role);
        next.add(sighting);
        next.sort(Comparator.comparing(each -> each.source().role()));
        latest = List.copyOf(next);
    }

    void sighted(Sighting sighting) {
        latest();
        put(sighting);
        if (runSubmittedAt.isEmpty()) {
            runSubmittedAt = sighting.submittedAt();
        }
        if (token.isEmpty() && jobName.isEmpty() && !sighting.partial()) {
            jobName = sighting.jobName();
        }
    }

    /** The job was seen alive after it was said to have ended: what said so does not hold any more. */
    void alive() {
        leftAt = Optional.empty();
        leftWhy = Optional.empty();
        latest = latest().stream()
                .filter(said -> !said.state().phase().isEnd() || said.source().role() == Source.Role.EXIT_RECORD)
                .toList();
    }

    /**
     * The scheduler starts the same job again.
     *
     * @param runAt the submit time of the new run, if a sighting told it before
     */
    Attempt requeued(Instant at, Optional<Instant> runAt) {
        Attempt next = new Attempt(number + 1);
        next.token = token;
        next.jobId = jobId;
        next.jobName = jobName;
        next.intendedAt = intendedAt;
        next.submittedAt = Optional.of(at);
        boolean seenBefore = runAt.isPresent() && runAt.equals(runSubmittedAt);
        next.earlierRunAt = seenBefore ? earlierRunAt : runSubmittedAt.or(() -> earlierRunAt);
        next.runSubmittedAt = runAt;
        next.restarts = restarts + 1;
        return next;
    }

    public int number() {
        return number;
    }

    public Optional<SubmitToken> token() {
        return token;
    }

    public Optional<JobId> jobId() {
        return jobId;
    }

    public Optional<Instant> intendedAt() {
        return intendedAt;
    }

    public Optional<Instant> submittedAt() {
        return submittedAt;
    }

    public Optional<Instant> startedAt() {
        return startedAt;
    }

    /** When the job left the queue or was said to have ended: the settle clock starts here. */
    public Optional<Instant> leftAt() {
        return leftAt;
    }

    public Optional<String> leftWhy() {
        return leftWhy;
    }

    public Optional<String> node() {
        return node;
    }

    public Optional<Instant> runSubmittedAt() {
        return runSubmittedAt;
    }

    /** The submit time of the scheduler's run of this job before this one. */
    public Optional<Instant> earlierRunAt() {
        return earlierRunAt;
    }

    public Optional<String> jobName() {
        return jobName;
    }

    public int restarts() {
        return restarts;
    }

    public Optional<Outcome> outcome() {
        return outcome;
    }

    /** The newest sighting of each role that said anything. */
    public Optional<Sighting> latest(Source.Role role) {
        // By hand: asked of each row of each answer.
        for (Sighting said : latest()) {
            if (said.source().role() == role) {
                return Optional.of(said);
            }
        }
        return Optional.empty();
    }

    public Collection<Sighting> sightings() {
        return latest();
    }
}
