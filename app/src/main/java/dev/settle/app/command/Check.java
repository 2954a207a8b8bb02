package dev.settle.app.command;

import java.util.Locale;
import java.util.Optional;

/**
 * One finding of the doctor.
 *
 * @param name what was looked at, the same word in every release
 * @param mend what to do; present unless all is well
 */
record Check(String name, Level level, String text, Optional<String> mend) {
    /** How bad it is. */
    enum Level {
        OK,
        /** Runs can be trusted, but something is not as it should be. */
        WARNING,
        /** A run could not be trusted here. */
        TROUBLE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Check ok(String name, String text) {
        return new Check(name, Level.OK, text, Optional.empty());
    }

    static Check warning(String name, String text, String mend) {
        return new Check(name, Level.WARNING, text, Optional.of(mend));
    }

    static Check trouble(String name, String text, String mend) {
        return new Check(name, Level.TROUBLE, text, Optional.of(mend));
    }
}
