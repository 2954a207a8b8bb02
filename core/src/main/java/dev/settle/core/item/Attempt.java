package dev.settle.core.item;

import dev.settle.core.port.JobId;
import dev.settle.core.port.Sighting;
import dev.settle.core.port.Source;
import dev.settle.core.port.SubmitToken;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
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

    /** How often the scheduler started this same job again before this attempt. */
    int restarts;

    private Map<Source.Role, Sighting> latest = Map.of();
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
        restarts = memory.restarts();
        unread = memory.latest();
    }

    ItemMemory.OfAttempt memory() {
        Supplier<? extends Collection<Sighting>> sightings = unread;
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
                restarts,
                sightings == null ? latest::values : sightings);
    }

    private Map<Source.Role, Sighting> latest() {
        Supplier<? extends Collection<Sighting>> waiting = unread;
        if (waiting != null) {
            unread = null;
            waiting.get().forEach(this::put);
        }
        return latest;
    }

    private void put(Sighting sighting) {
        // Most attempts of a large run have none at any one time, and an empty map of 100,000 items adds up.
        if (latest.isEmpty()) {
            latest = new EnumMap<>(Source.Role.class);
        }
        latest.put(sighting.source().role(), sighting);
    }

    void sighted(Sighting sighting) {
        latest();
        put(sighting);
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
        return Optional.ofNullable(latest().get(role));
    }

    public Collection<Sighting> sightings() {
        return Collections.unmodifiableCollection(latest().values());
    }
}
