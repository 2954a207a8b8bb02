package dev.settle.core.run;

import dev.settle.core.model.ItemId;
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
    public record Evidence(String source, Instant at, String text) {
        private static final String ITEM = "SETTLE_STOP of ";

        /** The words of an item that asked to stop. */
        public static Evidence ofItem(ItemId item, Instant at, String text) {
            return new Evidence(ITEM + item, at, text);
        }

        boolean isOfItem() {
            return source.startsWith(ITEM);
        }
    }

    /** Whether an item asked for it. */
    public boolean isAskedByItem() {
        return evidence.stream().anyMatch(Evidence::isOfItem);
    }

    public static Stop of(StopReason reason, Instant at) {
        return new Stop(reason, Optional.empty(), Optional.empty(), at, List.of());
    }

    public static Stop of(StopReason reason, String detail, Instant at) {
        return new Stop(reason, Optional.of(detail), Optional.empty(), at, List.of());
    }
}
