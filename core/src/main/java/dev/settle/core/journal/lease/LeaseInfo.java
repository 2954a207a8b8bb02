package dev.settle.core.journal.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Who has a run, for people and for whoever wants to take it over.
 *
 * @param since when the driver took the run, by its own clock
 * @param fence its fencing number
 * @param alive whether the driver lives
 * @param renewedAgo the age of its last character of life by the file server's clock, where that had to be looked at
 */
public record LeaseInfo(DriverId driver, Instant since, long fence, Alive alive, Optional<Duration> renewedAgo) {
    /** What is known of a driver's life. */
    public enum Alive {
        YES,
        NO,
        /** It is on another machine, and the age of its last character of life could not be found out. */
        UNKNOWN
    }

    LeaseInfo as(Alive other) {
        return new LeaseInfo(driver, since, fence, other, renewedAgo);
    }
}
