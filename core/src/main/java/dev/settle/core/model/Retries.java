package dev.settle.core.model;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How often an item is tried again, and after which ends.
 *
 * @param max further attempts after the first; 0 for none
 * @param on the reasons that are tried again; empty means every failure but a cancellation
 * @param delay the pause before the next attempt
 * @param growth what each of them asks for
 */
public record Retries(int max, Set<ItemReason> on, Duration delay, Growth growth) {
    public static final Retries NONE = new Retries(0, Set.of(), Duration.ZERO, Growth.NONE);
    private static final Set<ItemReason> NEVER_BY_DEFAULT = EnumSet.of(
            ItemReason.OK,
            ItemReason.CANCELLED_BY_USER,
            ItemReason.CANCELLED_BY_OTHER,
            ItemReason.CANCELLED_WHILE_PENDING,
            ItemReason.OUT_OF_CREDITS,
            ItemReason.UNCONFIRMED,
            ItemReason.DEPENDENCY_FAILED);

    public Retries {
        if (max < 0) {
            throw new IllegalArgumentException("retries below zero: " + max);
        }
        on = Set.copyOf(on);
    }

    /** Attempts that ask for what the first one asked for. */
    public Retries(int max, Set<ItemReason> on, Duration delay) {
        this(max, on, delay, Growth.NONE);
    }

    public boolean covers(ItemReason reason) {
        return max > 0 && (on.isEmpty() ? !NEVER_BY_DEFAULT.contains(reason) : on.contains(reason));
    }

    /** By hand, as {@link #hashCode()}: a record's own are spun at their first use, which costs a start milliseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Retries that
                && max == that.max
                && on.equals(that.on)
                && delay.equals(that.delay)
                && growth.equals(that.growth);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * (31 * max + on.hashCode()) + delay.hashCode()) + growth.hashCode();
    }
}
