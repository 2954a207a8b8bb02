package dev.settle.core.view;

import dev.settle.core.scheduler.Usage;
import java.time.Duration;
import java.util.OptionalDouble;

/** Lengths of time, sizes and shares as people read them. */
public final class Amounts {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Amounts() {}

    /** The two largest units; of less than ten seconds a fraction: {@code 0.3s}, {@code 59s}, {@code 1m 05s}, {@code 2d 03h}. */
    public static String duration(Duration length) {
        long seconds = Math.max(0, length.toSeconds());
        long millis = Math.max(0, length.toMillis());
        if (millis < 10_000 && millis % 1_000 != 0) {
            // Rounded down, as everything longer is.
            return seconds + "." + millis % 1_000 / 100 + "s";
        }
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3_600) {
            return pair(seconds / 60, "m", seconds % 60, "s");
        }
        if (seconds < 86_400) {
            return pair(seconds / 3_600, "h", seconds / 60 % 60, "m");
        }
        return pair(seconds / 86_400, "d", seconds / 3_600 % 24, "h");
    }

    private static String pair(long large, String largeUnit, long small, String smallUnit) {
        return large + largeUnit + " " + (small < 10 ? "0" : "") + small + smallUnit;
    }

    /** Powers of 1024, one decimal above bytes: {@code 512 B}, {@code 1.5 GiB}. */
    public static String bytes(long bytes) {
        if (bytes < 1_024) {
            return bytes + " B";
        }
        int unit = 0;
        double count = bytes;
        // 1023.95 would be rounded to 1024.0.
        while (count >= 1_023.95 && unit < UNITS.length - 1) {
            count /= 1_024;
            unit++;
        }
        return decimal(count, 1) + " " + UNITS[unit];
    }

    /** Rounded half up to so many places, without {@code String.format}: {@code 0.5}, {@code -12.3}. */
    public static String decimal(double number, int places) {
        if (Double.isNaN(number) || Double.isInfinite(number) || Math.abs(number) >= 1e15) {
            return String.valueOf(number);
        }
        long scale = 1;
        for (int i = 0; i < places; i++) {
            scale *= 10;
        }
        long scaled = Math.round(Math.abs(number) * scale);
        String sign = number < 0 && scaled > 0 ? "-" : "";
        if (places == 0) {
            return sign + scaled;
        }
        String fraction = String.valueOf(scaled % scale);
        return sign + scaled / scale + "." + "0".repeat(places - fraction.length()) + fraction;
    }

    /** An amount of credits: {@code 12}, or with two places {@code 0.37}. */
    public static String credits(double amount) {
        return decimal(amount, amount == Math.rint(amount) ? 0 : 2);
    }

    /** A measured number in at most six significant digits, without trailing zeros: {@code 0.8125}, {@code 3}. */
    public static String number(double number) {
        double size = Math.abs(number);
        if (number == Math.rint(number) && size < 1e15) {
            return String.valueOf((long) number);
        }
        if (size >= 1e15 || size < 1e-4 || Double.isNaN(number)) {
            return String.valueOf(number);
        }
        int places = 5;
        for (double step = size; step >= 10 && places > 0; step /= 10) {
            places--;
        }
        for (double step = size; step < 1 && places < 9; step *= 10) {
            places++;
        }
        String text = decimal(number, places);
        int end = text.length();
        while (places > 0 && text.charAt(end - 1) == '0') {
            end--;
        }
        return text.charAt(end - 1) == '.' ? text.substring(0, end - 1) : text.substring(0, end);
    }

    /**
     * Cpu time by elapsed time and allocated cpus, in percent with one decimal; a source that names no cpus has
     * allocated one. Empty when cpu time or elapsed time is not known, or nothing has elapsed.
     */
    public static OptionalDouble efficiencyPercent(Usage usage) {
        if (usage.cpuSeconds().isEmpty()
                || usage.elapsedSeconds().isEmpty()
                || usage.elapsedSeconds().getAsLong() <= 0) {
            return OptionalDouble.empty();
        }
        double available = (double) usage.elapsedSeconds().getAsLong()
                * Math.max(1, usage.cpus().orElse(1));
        return OptionalDouble.of(Math.round(usage.cpuSeconds().getAsDouble() / available * 1_000) / 10.0);
    }
}
