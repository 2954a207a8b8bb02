package dev.settle.core.kernel.state;

import java.time.Duration;
import java.time.Instant;

/**
 * One reading of this machine's clocks.
 *
 * @param wall by the clock that people and time servers set
 * @param monotonic by a counter that nobody sets; only the difference between two of one process means anything
 */
public record ClockReading(Instant wall, Duration monotonic) {
    /** A reading of a clock that nobody sets. */
    public static ClockReading of(Instant wall) {
        return new ClockReading(wall, Duration.between(Instant.EPOCH, wall));
    }
}
