package dev.settle.core.view.html.dashboard;

import dev.settle.core.text.Times;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.Markup;
import dev.settle.core.view.Style;
import dev.settle.core.view.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;

/** Markup that is being written; what comes from users and jobs goes through {@link #text} alone. */
final class Html {
    private final StringBuilder out = new StringBuilder();

    /** Markup as it is: only what is written in this package. */
    Html raw(String markup) {
        out.append(markup);
        return this;
    }

    /** Text of anybody, on one line. */
    Html text(String words) {
        return lines(Text.clean(words));
    }

    /** Text that was cleaned already and whose lines stay. */
    Html lines(String words) {
        try {
            Markup.escape(out, words);
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail to be written", e);
        }
        return this;
    }

    Html time(Instant at) {
        String text = Times.rfc3339(at);
        return raw("<time datetime=\"" + text + "\">" + shown(text) + "</time>");
    }

    /** For people: {@code 2026-11-20 23:59:00}, in UTC until the page's script writes the reader's own time. */
    private static String shown(String rfc3339) {
        return rfc3339.replace('T', ' ').replaceFirst("(\\.\\d+)?Z$", " UTC");
    }

    /** A length of time that goes on: the page's script counts it on. */
    Html since(Instant from, Instant now) {
        Duration passed = now.isBefore(from) ? Duration.ZERO : Duration.between(from, now);
        return raw("<span class=\"ticks\" data-since=\"" + from.toEpochMilli() + "\">"
                + (passed.toSeconds() < 60 ? passed.toSeconds() + "s" : Amounts.duration(passed)) + "</span>");
    }

    /** A state; the style sheet puts a mark before it, so that it is told by more than its colour. */
    Html state(String word) {
        return raw("<span class=\"s " + word + "\">" + word + "</span>");
    }

    static String tone(Style style) {
        return switch (style) {
            case GOOD -> "good";
            case BAD -> "bad";
            case WARN -> "warn";
            case PLAIN, STRONG, FAINT, LIVE -> "live";
        };
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
