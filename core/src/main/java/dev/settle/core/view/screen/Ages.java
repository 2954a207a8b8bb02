package dev.settle.core.view.screen;

import java.time.Duration;
import java.time.Instant;

/** How long ago something was, in words of a sentence. */
final class Ages {
    private Ages() {}

    /** {@code 12 s}, {@code 3 min}, {@code 2 h 05 min}, {@code 3 d 4 h}. */
    static String words(Duration length) {
        long seconds = Math.max(0, length.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3_600) {
            return seconds / 60 + " min";
        }
        if (seconds < 86_400) {
            long minutes = seconds / 60 % 60;
            return seconds / 3_600 + " h " + (minutes < 10 ? "0" : "") + minutes + " min";
        }
        return seconds / 86_400 + " d " + seconds / 3_600 % 24 + " h";
    }

    /** The time between two instants; clocks of different machines may disagree, and no time is negative. */
    static Duration between(Instant from, Instant to) {
        return to.isBefore(from) ? Duration.ZERO : Duration.between(from, to);
    }
}
