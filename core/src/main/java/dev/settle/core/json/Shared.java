package dev.settle.core.json;

import java.util.Optional;

/**
 * Equal values as one object, as far as a small cache remembers: most texts and times of a run are one of a few (a
 * state, a node, the time of a poll). Without it the state of 100,000 items does not fit into the 400 MB that an engine
 * of such a run may take.
 */
public final class Shared {
    private static final int SLOTS = 4096;

    private static final Object[] CACHE = new Object[SLOTS];

    private Shared() {}

    /** Two threads may both miss the cache; each then has an object of its own, which is as good. */
    public static <T> Optional<T> optional(T value) {
        int slot = spread(value.hashCode());
        if (CACHE[slot] instanceof Optional<?> known && value.equals(known.get())) {
            @SuppressWarnings("unchecked") // equal to a T, and so of its class
            Optional<T> shared = (Optional<T>) known;
            return shared;
        }
        Optional<T> fresh = Optional.of(value);
        CACHE[slot] = fresh;
        return fresh;
    }

    public static <T> T value(T value) {
        return optional(value).orElseThrow();
    }

    private static int spread(int hash) {
        return (hash ^ (hash >>> 12) ^ (hash >>> 22)) & (SLOTS - 1);
    }
}
