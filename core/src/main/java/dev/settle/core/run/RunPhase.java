package dev.settle.core.run;

import java.util.Locale;
import java.util.Optional;

/** The state of a run, as contract section 4 names it. */
public enum RunPhase {
    RUNNING,
    COMPLETED,
    FAILED,
    INTERRUPTED,
    CANCELLED;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<RunPhase> ofWord(String word) {
        for (RunPhase phase : values()) {
            if (phase.word().equals(word)) {
                return Optional.of(phase);
            }
        }
        return Optional.empty();
    }
}
