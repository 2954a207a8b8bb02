package dev.settle.app.dashboard;

import java.time.Duration;
import java.util.Optional;

/**
 * An answer of the dashboard.
 *
 * @param status of HTTP
 * @param type of the content, with its charset
 * @param refresh after which the browser asks again by itself; empty for what will not change
 */
public record Page(int status, String type, Optional<Duration> refresh, String body) {
    public static Page html(String body, Optional<Duration> refresh) {
        return new Page(200, "text/html; charset=utf-8", refresh, body);
    }

    public static Page json(String body) {
        return new Page(200, "application/json", Optional.empty(), body);
    }

    /** A sentence for whoever asked wrongly. */
    public static Page plain(int status, String sentence) {
        return new Page(status, "text/plain; charset=utf-8", Optional.empty(), sentence + "\n");
    }
}
