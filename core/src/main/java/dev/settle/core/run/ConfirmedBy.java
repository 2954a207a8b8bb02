package dev.settle.core.run;

import dev.settle.core.model.WireName;
import dev.settle.core.scheduler.Source;
import java.util.Locale;
import java.util.Optional;

/** Who vouches for a verdict. */
public enum ConfirmedBy implements WireName {
    ACCOUNTING,
    CONTROLLER,
    EXIT_RECORD,
    NONE;

    @Override
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static ConfirmedBy of(Source.Role role) {
        return switch (role) {
            case ACCOUNTING -> ACCOUNTING;
            case CONTROLLER -> CONTROLLER;
            case EXIT_RECORD -> EXIT_RECORD;
            case START_RECORD -> NONE;
        };
    }

    public static Optional<ConfirmedBy> ofWord(String word) {
        return WireName.find(values(), word);
    }
}
