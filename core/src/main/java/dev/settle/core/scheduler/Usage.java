package dev.settle.core.scheduler;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What an attempt used.
 *
 * @param elapsedSeconds wall time
 * @param cpuSeconds user and system time of all its processes
 * @param maxRssBytes largest resident set of any of its steps
 * @param cpus allocated cpus
 */
public record Usage(
        OptionalLong elapsedSeconds, OptionalDouble cpuSeconds, OptionalLong maxRssBytes, OptionalInt cpus) {
    public static final Usage NONE =
            new Usage(OptionalLong.empty(), OptionalDouble.empty(), OptionalLong.empty(), OptionalInt.empty());

    /** Whether nothing is known of it. */
    public boolean isNone() {
        return elapsedSeconds.isEmpty() && cpuSeconds.isEmpty() && maxRssBytes.isEmpty() && cpus.isEmpty();
    }
}
