package dev.settle.app.doctor;

import java.util.Locale;
import java.util.Optional;

/**
 * One finding of the doctor.
 *
 * @param name what was looked at, the same word in every release
 * @param fix what to do; present unless all is well
 */
public record Finding(String name, Level level, String text, Optional<String> fix) {
    /** How bad it is. */
    public enum Level {
        OK,
        /** Runs can be trusted, but something is not as it should be. */
        WARNING,
        /** A run could not be trusted here. */
        TROUBLE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static Finding ok(String name, String text) {
        return new Finding(name, Level.OK, text, Optional.empty());
    }

    static Finding warning(String name, String text, String fix) {
        return new Finding(name, Level.WARNING, text, Optional.of(fix));
    }

    static Finding trouble(String name, String text, String fix) {
        return new Finding(name, Level.TROUBLE, text, Optional.of(fix));
    }
}
