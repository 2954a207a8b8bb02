package dev.settle.core.run;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * That a run stops, why, and who said so; journalled before it is shown.
 *
 * @param detail who said so, and the figures, in a sentence
 * @param link where to go, such as the page to top up
 */
public record Stop(
        StopReason reason, Optional<String> detail, Optional<String> link, Instant at, List<Evidence> evidence) {
    public Stop {
        evidence = List.copyOf(evidence);
    }

    /** What a source said that made the run stop, in its own words. */
    public record Evidence(String source, Instant at, String text) {}

    public static Stop of(StopReason reason, Instant at) {
        return new Stop(reason, Optional.empty(), Optional.empty(), at, List.of());
    }

    public static Stop of(StopReason reason, String detail, Instant at) {
        return new Stop(reason, Optional.of(detail), Optional.empty(), at, List.of());
    }
}
