package dev.settle.core.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * By how much each retry asks for more than the attempt before it.
 *
 * @param memory factor from 1, and at most {@link #FACTOR_MAX}
 * @param timeLimit the same
 */
public record Growth(double memory, double timeLimit) {
    public static final Growth NONE = new Growth(1, 1);

    /** A larger factor is a slip of the pen. */
    public static final double FACTOR_MAX = 100;

    /** No request grows beyond this: 1 PiB. */
    private static final double MEMORY_MAX = 0x1p50;

    /** No request grows beyond this: a year. */
    private static final double SECONDS_MAX = 365.0 * 24 * 3600;

    private static final long MIB = 1L << 20;

    public Growth {
        if (!isFactor(memory) || !isFactor(timeLimit)) {
            throw new IllegalArgumentException("not factors: " + memory + ", " + timeLimit);
        }
    }

    public static boolean isFactor(double factor) {
        return factor >= 1 && factor <= FACTOR_MAX;
    }

    public boolean isNone() {
        return memory == 1 && timeLimit == 1;
    }

    /** What is asked for after so many retries: memory in whole MiB, time in whole seconds. */
    public Resources of(Resources first, int retries) {
        if (isNone() || retries == 0) {
            return first;
        }
        return first.with(
                first.memoryBytes().isEmpty()
                        ? first.memoryBytes()
                        : OptionalLong.of(memory(first.memoryBytes().getAsLong(), retries)),
                first.timeLimit().map(limit -> time(limit, retries)));
    }

    private long memory(long bytes, int retries) {
        double grown = bytes * Math.pow(memory, retries);
        return grown == bytes ? bytes : Math.max(bytes, (long) Math.ceil(Math.min(grown, MEMORY_MAX) / MIB) * MIB);
    }

    private Duration time(Duration limit, int retries) {
        double grown = limit.toSeconds() * Math.pow(timeLimit, retries);
        return grown == limit.toSeconds()
                ? limit
                : Duration.ofSeconds(Math.max(limit.toSeconds(), (long) Math.ceil(Math.min(grown, SECONDS_MAX))));
    }

    /** By hand, as {@link #hashCode()}: a record's own are spun at their first use, which costs a start milliseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Growth that && memory == that.memory && timeLimit == that.timeLimit;
    }

    @Override
    public int hashCode() {
        return 31 * Double.hashCode(memory) + Double.hashCode(timeLimit);
    }

    /** In words: {@code memory x2, time limit x1.5}; empty for none. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        if (memory != 1) {
            words.add("memory x" + text(memory));
        }
        if (timeLimit != 1) {
            words.add("time limit x" + text(timeLimit));
        }
        return String.join(", ", words);
    }

    /** Without a fraction where there is none. */
    private static String text(double factor) {
        return factor == Math.rint(factor) ? String.valueOf((long) factor) : String.valueOf(factor);
    }
}
