package dev.settle.core.view.html.page;

import dev.settle.core.text.Times;
import java.time.Instant;
import java.time.ZoneOffset;

/**
 * A time for a page: for programs, and for people in UTC, until the script of a live page writes the reader's own time.
 *
 * @param datetime {@code 2026-11-20T23:59:00Z}
 * @param words {@code 2026-11-20 23:59:00 UTC}
 */
public record Moment(String datetime, String words) {
    public static Moment of(Instant at) {
        return new Moment(Times.rfc3339(at), words(at));
    }

    /** {@code 2026-11-20 23:59:00 UTC}. */
    static String words(Instant at) {
        return Times.second(at, ZoneOffset.UTC) + " UTC";
    }
}
