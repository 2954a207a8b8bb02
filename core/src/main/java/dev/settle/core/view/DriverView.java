package dev.settle.core.view;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the lease says of a run's driver.
 *
 * @param alive whether a process drives the run now; only the lease knows, the journal does not
 * @param host where it runs
 * @param pid its process id there
 * @param since when it took the run; of one that is gone, its last character of life
 * @param lastAnswer when any source last answered
 */
public record DriverView(
        boolean alive, Optional<String> host, OptionalLong pid, Optional<Instant> since, Optional<Instant> lastAnswer) {

    /** Nobody drives the run. */
    public static DriverView none(Optional<Instant> lastAnswer) {
        return new DriverView(false, Optional.empty(), OptionalLong.empty(), Optional.empty(), lastAnswer);
    }

    /** The process that drove the run is gone. */
    public static DriverView gone(String host, long pid, Instant lastSeen, Optional<Instant> lastAnswer) {
        return new DriverView(false, Optional.of(host), OptionalLong.of(pid), Optional.of(lastSeen), lastAnswer);
    }

    /** A process drives the run. */
    public static DriverView alive(String host, long pid, Instant since, Optional<Instant> lastAnswer) {
        return new DriverView(true, Optional.of(host), OptionalLong.of(pid), Optional.of(since), lastAnswer);
    }
}
