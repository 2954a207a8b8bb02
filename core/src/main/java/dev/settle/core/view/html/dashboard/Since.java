package dev.settle.core.view.html.dashboard;

import dev.settle.core.view.Amounts;
import java.time.Duration;
import java.time.Instant;

/**
 * A length of time that goes on: the page's script counts it on.
 *
 * @param millis when it began, since the epoch
 * @param words its length when the page was written
 */
public record Since(String millis, String words) {
    static Since of(Instant from, Instant now) {
        Duration passed = now.isBefore(from) ? Duration.ZERO : Duration.between(from, now);
        return new Since(
                String.valueOf(from.toEpochMilli()),
                passed.toSeconds() < 60 ? passed.toSeconds() + "s" : Amounts.duration(passed));
    }
}
