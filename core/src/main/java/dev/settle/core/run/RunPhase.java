package dev.settle.core.run;

import dev.settle.core.model.WireName;
import java.util.Locale;
import java.util.Optional;

/** The state of a run, as contract.md, 4 names it. */
public enum RunPhase implements WireName {
    RUNNING,
    COMPLETED,
    FAILED,
    INTERRUPTED,
    CANCELLED;

    @Override
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<RunPhase> ofWord(String word) {
        return WireName.find(values(), word);
    }
}
