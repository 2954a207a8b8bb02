package dev.settle.slurm.parse;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Points in time and durations as Slurm prints them under {@code TZ=UTC} and {@code SLURM_TIME_FORMAT=standard}.
 *
 * <p>What is no time ({@code Unknown}, {@code None}, {@code N/A}) is absent.
 */
public final class SlurmTimes {
    private static final String FORM = "0000-00-00T00:00:00";
    private static final int LENGTH = FORM.length();
    private static final long SECONDS_A_DAY = 86_400;

    /** More parts than {@code D-HH:MM:SS} has. */
    private static final int PARTS_MAX = 3;

    private SlurmTimes() {}

    /** Reads {@code 2026-11-21T00:02:43}, in UTC. */
    public static Optional<Instant> parseInstant(String field) {
        String text = field.trim();
        if (text.length() < LENGTH || text.charAt(4) != '-' || text.charAt(10) != 'T') {
            return Optional.empty();
        }
        int year = digits(text, 0, 4);
        int month = digits(text, 5, 2);
        int day = digits(text, 8, 2);
        int hour = digits(text, 11, 2);
        int minute = digits(text, 14, 2);
        int second = digits(text, 17, 2);
        if (year <= 1970 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0) {
            // 1970-01-01T00:00:00 is how an unset time prints.
            return Optional.empty();
        }
        try {
            // 60 is a leap second on clusters whose clocks have them.
            return Optional.of(LocalDateTime.of(year, month, day, hour, minute, Math.min(second, 59))
                    .toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Whether a stretch of a text has the form of such a time. */
    static boolean isInForm(String text, int from, int to) {
        if (to - from != LENGTH) {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            char pattern = FORM.charAt(i);
            char character = text.charAt(from + i);
            if (pattern == '0' ? !Numbers.isDigit(character) : character != pattern) {
                return false;
            }
        }
        return true;
    }

    /** For {@code -S}: the time as the tools read it under TZ=UTC. */
    public static String format(Instant time) {
        return LocalDateTime.ofInstant(time, ZoneOffset.UTC)
                                .withNano(0)
                                .toString()
                                .length()
                        == LENGTH
                ? LocalDateTime.ofInstant(time, ZoneOffset.UTC).withNano(0).toString()
                : LocalDateTime.ofInstant(time, ZoneOffset.UTC).withNano(0) + ":00";
    }

    /** Reads {@code MM:SS}, {@code HH:MM:SS}, {@code D-HH}, {@code D-HH:MM}, {@code D-HH:MM:SS}, with fractions. */
    static OptionalDouble parseSeconds(String field) {
        String text = field.trim();
        int dash = text.indexOf('-');
        long days = 0;
        if (dash >= 0) {
            OptionalLong number = Numbers.parseCount(text.substring(0, dash));
            if (number.isEmpty()) {
                return OptionalDouble.empty();
            }
            days = number.getAsLong();
        }
        int point = text.indexOf('.');
        String whole = text.substring(dash + 1, point < 0 ? text.length() : point);
        double fraction = 0;
        if (point >= 0) {
            OptionalLong digits = Numbers.parseLong(text.substring(point + 1));
            if (digits.isEmpty() || digits.getAsLong() < 0) {
                return OptionalDouble.empty();
            }
            fraction = digits.getAsLong() / Math.pow(10, text.length() - point - 1.0);
        }
        long[] parts = new long[PARTS_MAX];
        int count = 0;
        int start = 0;
        while (start <= whole.length()) {
            int colon = whole.indexOf(':', start);
            int end = colon < 0 ? whole.length() : colon;
            OptionalLong number = Numbers.parseCount(whole.substring(start, end));
            if (number.isEmpty() || count == PARTS_MAX) {
                return OptionalDouble.empty();
            }
            parts[count++] = number.getAsLong();
            start = end + 1;
        }
        if (count == 1 && dash < 0) {
            return OptionalDouble.empty();
        }
        // After a day count the first part is hours; without one the last part is seconds.
        long seconds =
                dash >= 0 || count == PARTS_MAX ? parts[0] * 3600 + parts[1] * 60 + parts[2] : parts[0] * 60 + parts[1];
        return OptionalDouble.of(days * SECONDS_A_DAY + seconds + fraction);
    }

    /** Reads a time limit; absent for {@code UNLIMITED}, {@code Partition_Limit} and the like. */
    static Optional<Duration> parseDuration(String field) {
        OptionalDouble seconds = parseSeconds(field);
        return seconds.isEmpty() ? Optional.empty() : Optional.of(Duration.ofSeconds((long) seconds.getAsDouble()));
    }

    /** For {@code --time}: {@code D-HH:MM:SS}. Slurm counts whole minutes and rounds up. */
    public static String formatLimit(Duration limit) {
        long seconds = Math.max(1, limit.toSeconds());
        StringBuilder text = new StringBuilder();
        text.append(seconds / SECONDS_A_DAY).append('-');
        two(text, seconds % SECONDS_A_DAY / 3600).append(':');
        two(text, seconds % 3600 / 60).append(':');
        return two(text, seconds % 60).toString();
    }

    private static StringBuilder two(StringBuilder text, long number) {
        return number < 10 ? text.append('0').append(number) : text.append(number);
    }

    private static int digits(String text, int from, int count) {
        int number = 0;
        for (int i = from; i < from + count; i++) {
            char character = text.charAt(i);
            if (!Numbers.isDigit(character)) {
                return -1;
            }
            number = number * 10 + character - '0';
        }
        return number;
    }
}
