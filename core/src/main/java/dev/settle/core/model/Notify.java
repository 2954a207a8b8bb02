package dev.settle.core.model;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A command of the user's that is run once when the run has ended.
 *
 * @param command shell text
 * @param on the ends that it is run after, at least one
 */
public record Notify(String command, Set<End> on) {
    /** How a run ended; the words are those of the run's state. */
    public enum End implements WireName {
        COMPLETED,
        FAILED,
        INTERRUPTED,
        CANCELLED;

        @Override
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<End> ofWord(String word) {
            return WireName.find(values(), word);
        }
    }

    public Notify {
        on = Collections.unmodifiableSet(on.isEmpty() ? EnumSet.allOf(End.class) : EnumSet.copyOf(on));
    }

    /** After every end. */
    public static Notify always(String command) {
        return new Notify(command, Set.of());
    }

    /** Another command, after the same ends. */
    public Notify with(String other) {
        return new Notify(other, on);
    }
}
