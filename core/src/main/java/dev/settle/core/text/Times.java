package dev.settle.core.text;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * Points in time as text, written and read by hand: the JDK's {@code DateTimeFormatter} costs 30 ms at its first use, in
 * every short command, and takes two fifths of the time in which a large journal is read.
 */
public final class Times {
    /** As far as the seconds. */
    private static final int SECONDS_END = 19;

    private static final long YEAR_1 = LocalDate.of(1, 1, 1).toEpochDay() * 86_400;
    private static final long YEAR_10000 = LocalDate.of(10_000, 1, 1).toEpochDay() * 86_400;

    private static final int[] NANOS_OF_DIGIT = {100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1
    };

    private Times() {}

    /** The same text as {@link Instant#toString}. */
    public static String format(Instant at) {
        if (at.getEpochSecond() < YEAR_1 || at.getEpochSecond() >= YEAR_10000) {
            return at.toString();
        }
        StringBuilder text = second(LocalDateTime.ofEpochSecond(at.getEpochSecond(), 0, ZoneOffset.UTC), 'T');
        int nanos = at.getNano();
        if (nanos != 0) {
            text.append('.');
            if (nanos % 1_000_000 == 0) {
                digits(text, nanos / 1_000_000, 3);
            } else if (nanos % 1_000 == 0) {
                digits(text, nanos / 1_000, 6);
            } else {
                digits(text, nanos, 9);
            }
        }
        return text.append('Z').toString();
    }

    /** UTC, RFC 3339, with milliseconds where there are any: {@code 2026-11-20T23:59:00.007Z}. */
    public static String rfc3339(Instant at) {
        return format(at.truncatedTo(ChronoUnit.MILLIS));
    }

    /** Date and time of day in a zone: {@code 2026-11-20 23:59:00}. */
    public static String second(Instant at, ZoneId zone) {
        return second(LocalDateTime.ofInstant(at, zone), ' ').toString();
    }

    /** Date and minute in a zone, for tables: {@code 2026-11-20 23:59}. */
    public static String minute(Instant at, ZoneId zone) {
        String text = second(at, zone);
        return text.substring(0, text.length() - 3);
    }

    /** The time of day in a zone, {@code 23:59:00}. */
    public static String clock(Instant at, ZoneId zone) {
        String text = second(at, zone);
        return text.substring(text.length() - 8);
    }

    private static StringBuilder second(LocalDateTime time, char separator) {
        StringBuilder text = new StringBuilder(30);
        digits(text, time.getYear(), 4).append('-');
        digits(text, time.getMonthValue(), 2).append('-');
        digits(text, time.getDayOfMonth(), 2).append(separator);
        digits(text, time.getHour(), 2).append(':');
        digits(text, time.getMinute(), 2).append(':');
        return digits(text, time.getSecond(), 2);
    }

    /**
     * Reads what {@link #format} wrote, and whatever {@link Instant#parse} takes.
     *
     * @throws DateTimeException when it is no time
     */
    public static Instant parse(String text) {
        int length = text.length();
        if (length < SECONDS_END + 1
                || text.charAt(length - 1) != 'Z'
                || text.charAt(4) != '-'
                || text.charAt(7) != '-'
                || text.charAt(10) != 'T'
                || text.charAt(13) != ':'
                || text.charAt(16) != ':') {
            return Instant.parse(text);
        }
        int hour = number(text, 11, 13);
        int minute = number(text, 14, 16);
        int second = number(text, 17, 19);
        int nanos = nanos(text, length - 1);
        int year = number(text, 0, 4);
        int month = number(text, 5, 7);
        int day = number(text, 8, 10);
        if (year < 0 || month < 0 || day < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
            return Instant.parse(text);
        }
        if (second < 0 || second > 59 || nanos < 0) {
            return Instant.parse(text);
        }
        long days = LocalDate.of(year, month, day).toEpochDay();
        return Instant.ofEpochSecond(days * 86_400 + hour * 3_600L + minute * 60L + second, nanos);
    }

    /** The fraction between the seconds and the end; -1 when there is something else. */
    private static int nanos(String text, int end) {
        if (end == SECONDS_END) {
            return 0;
        }
        int count = end - SECONDS_END - 1;
        if (text.charAt(SECONDS_END) != '.' || count < 1 || count > NANOS_OF_DIGIT.length) {
            return -1;
        }
        int value = number(text, SECONDS_END + 1, end);
        return value < 0 ? -1 : value * NANOS_OF_DIGIT[count - 1];
    }

    /** A number of digits; -1 when there is something else. */
    private static int number(String text, int from, int to) {
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private static StringBuilder digits(StringBuilder text, int value, int count) {
        for (int i = NANOS_OF_DIGIT.length - count; i < NANOS_OF_DIGIT.length; i++) {
            text.append((char) ('0' + value / NANOS_OF_DIGIT[i] % 10));
        }
        return text;
    }
}
