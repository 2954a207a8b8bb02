package dev.settle.slurm.parse;

import java.util.OptionalLong;

/** Memory sizes of sacct's MaxRSS: {@code 4556K}, {@code 4.50M}, {@code 1.5G}, {@code 512}. */
final class MaxRss {
    private static final String UNITS = "KMGTPE";

    private MaxRss() {}

    /** Bytes; absent for what is no size. */
    static OptionalLong parseBytes(String field) {
        String text = field.trim();
        int end = text.length();
        if (end == 0) {
            return OptionalLong.empty();
        }
        int unit = UNITS.indexOf(Character.toUpperCase(text.charAt(end - 1)));
        if (unit >= 0) {
            end--;
        }
        long factor = 1L << (10 * (unit + 1));
        int point = text.indexOf('.');
        OptionalLong whole = Numbers.parseLong(text.substring(0, point < 0 || point > end ? end : point));
        if (whole.isEmpty() || whole.getAsLong() < 0 || whole.getAsLong() > Long.MAX_VALUE / factor) {
            return OptionalLong.empty();
        }
        long bytes = whole.getAsLong() * factor;
        if (point >= 0 && point < end) {
            OptionalLong fraction = Numbers.parseLong(text.substring(point + 1, end));
            if (fraction.isEmpty() || fraction.getAsLong() < 0) {
                return OptionalLong.empty();
            }
            bytes += Math.round(fraction.getAsLong() * (double) factor / Math.pow(10, end - point - 1.0));
        }
        return OptionalLong.of(bytes);
    }
}
