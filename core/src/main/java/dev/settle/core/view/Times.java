package dev.settle.core.view;

import dev.settle.core.run.Attempt;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;

/** Points in time as text, without {@code DateTimeFormatter}, whose first use costs 30 ms of a short command. */
public final class Times {
    private static final long DAY_SECONDS = 86_400;

    /** A document of 100,000 items has 700,000 times, and they are of few days. */
    private record Day(long day, String text) {}

    private static volatile Day lastDay = new Day(0, "1970-01-01T");

    private Times() {}

    /**
     * When an attempt's job was submitted, never after it started: the word of a submission comes some milliseconds after
     * a short local job, and Slurm's times are whole seconds.
     */
    public static Optional<Instant> submitted(Attempt attempt) {
        Optional<Instant> started = attempt.startedAt();
        return attempt.submittedAt().map(at -> started.filter(at::isAfter).orElse(at));
    }

    /** UTC, RFC 3339, with milliseconds where there are any: {@code 2026-11-20T23:59:00Z}. */
    public static String rfc3339(Instant at) {
        int ofDay = (int) Math.floorMod(at.getEpochSecond(), DAY_SECONDS);
        StringBuilder text = new StringBuilder(24).append(date(Math.floorDiv(at.getEpochSecond(), DAY_SECONDS)));
        two(text, ofDay / 3_600);
        two(text.append(':'), ofDay / 60 % 60);
        two(text.append(':'), ofDay % 60);
        int millis = at.getNano() / 1_000_000;
        if (millis > 0) {
            text.append('.').append((char) ('0' + millis / 100));
            two(text, millis % 100);
        }
        return text.append('Z').toString();
    }

    /** The date of a day since 1970 with the T after it; two threads may both work it out. */
    private static String date(long day) {
        Day known = lastDay;
        if (known.day() != day) {
            String text = date(LocalDate.ofEpochDay(day).atStartOfDay()).toString();
            known = new Day(day, text.substring(0, text.indexOf('T') + 1));
            lastDay = known;
        }
        return known.text();
    }

    /** The time of day in a zone, {@code 23:59:00}. */
    public static String clock(Instant at, ZoneId zone) {
        LocalDateTime time = LocalDateTime.ofInstant(at, zone);
        StringBuilder text = new StringBuilder(8);
        two(text, time.getHour());
        two(text.append(':'), time.getMinute());
        two(text.append(':'), time.getSecond());
        return text.toString();
    }

    /** Date and time of day in a zone: {@code 2026-11-20 23:59:00}. */
    public static String second(Instant at, ZoneId zone) {
        String text = date(LocalDateTime.ofInstant(at, zone)).toString();
        return text.substring(0, 10) + " " + text.substring(11, 19);
    }

    /** Date and minute in a zone, for tables: {@code 2026-11-20 23:59}. */
    static String minute(Instant at, ZoneId zone) {
        String text = date(LocalDateTime.ofInstant(at, zone)).toString();
        return text.substring(0, 10) + " " + text.substring(11, 16);
    }

    /** {@code 2026-11-20T23:59:00}. */
    private static StringBuilder date(LocalDateTime time) {
        StringBuilder text = new StringBuilder(24);
        int year = time.getYear();
        if (year < 1000) {
            text.append("0".repeat(4 - String.valueOf(Math.max(year, 0)).length()));
        }
        text.append(year);
        two(text.append('-'), time.getMonthValue());
        two(text.append('-'), time.getDayOfMonth());
        two(text.append('T'), time.getHour());
        two(text.append(':'), time.getMinute());
        two(text.append(':'), time.getSecond());
        return text;
    }

    private static void two(StringBuilder text, int number) {
        text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
