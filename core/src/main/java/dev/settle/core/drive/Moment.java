package dev.settle.core.drive;

import java.time.Duration;
import java.time.Instant;

/**
 * A time as this machine tells it.
 *
 * @param said by its clock, which people and time servers set
 * @param steady by a counter that nobody sets; only the difference between two of one process means anything
 */
public record Moment(Instant said, Duration steady) {
    /** A time of a clock that nobody sets. */
    public static Moment of(Instant said) {
        return new Moment(said, Duration.between(Instant.EPOCH, said));
    }
}
