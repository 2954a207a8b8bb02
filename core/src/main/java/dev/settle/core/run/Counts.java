package dev.settle.core.run;

import java.util.EnumMap;
import java.util.Map;

/** How many items are in each state; kept by the fold, so that nobody has to count. */
public final class Counts {
    private final Map<ItemState, Integer> counts = new EnumMap<>(ItemState.class);
    private int total;

    void add(ItemState state) {
        counts.merge(state, 1, Integer::sum);
        total++;
    }

    void remove(ItemState state) {
        counts.merge(state, -1, Integer::sum);
        total--;
    }

    void move(ItemState from, ItemState to) {
        if (from != to) {
            counts.merge(from, -1, Integer::sum);
            counts.merge(to, 1, Integer::sum);
        }
    }

    public int of(ItemState state) {
        return counts.getOrDefault(state, 0);
    }

    public int total() {
        return total;
    }

    /** Items whose job may exist. */
    public int live() {
        int live = 0;
        for (ItemState state : ItemState.values()) {
            live += state.isLive() ? of(state) : 0;
        }
        return live;
    }

    /** Items that have not ended. */
    public int open() {
        return live() + of(ItemState.PENDING);
    }

    /** What "N of M items failed" counts. */
    public int bad() {
        return of(ItemState.FAILED) + of(ItemState.CANCELLED);
    }
}
