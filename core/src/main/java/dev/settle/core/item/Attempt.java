package dev.settle.core.item;

import dev.settle.core.port.JobId;
import dev.settle.core.port.Sighting;
import dev.settle.core.port.Source;
import dev.settle.core.port.SubmitToken;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

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

    /** How often the scheduler started this same job again before this attempt. */
    int restarts;

    private final Map<Source.Role, Sighting> latest = new EnumMap<>(Source.Role.class);

    Attempt(int number) {
        this.number = number;
    }

    void sighted(Sighting sighting) {
        latest.put(sighting.source().role(), sighting);
        if (runSubmittedAt.isEmpty()) {
            runSubmittedAt = sighting.submittedAt();
        }
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

    public int restarts() {
        return restarts;
    }

    public Optional<Outcome> outcome() {
        return outcome;
    }

    /** The newest sighting of each role that said anything. */
    public Optional<Sighting> latest(Source.Role role) {
        return Optional.ofNullable(latest.get(role));
    }

    public Collection<Sighting> sightings() {
        return latest.values();
    }
}
