package dev.settle.core.kernel;

import java.time.Duration;
import java.time.Instant;

/**
 * A time as this machine tells it.
 *
 * @param said by its clock, which people and time servers set
 * @param monotonic by a counter that nobody sets; only the difference between two of one process means anything
 */
public record ClockReading(Instant said, Duration monotonic) {
    /** A time of a clock that nobody sets. */
    public static ClockReading of(Instant said) {
        return new ClockReading(said, Duration.between(Instant.EPOCH, said));
    }
}
