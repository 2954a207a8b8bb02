package dev.settle.core.text;

import java.util.Locale;
import java.util.OptionalLong;

/**
 * Amounts of memory as users of Slurm write them: {@code 2G}, {@code 512M}; a bare number is MiB, as for
 * {@code sbatch --mem}. Units are powers of 1024; {@code GB} and {@code GiB} mean G.
 */
public final class Sizes {
    private static final String UNITS = "KMGTP";
    private static final String EXAMPLES = "write a size such as 512M or 2G";

    private Sizes() {}

    /** The size in bytes, above 0; empty when the text is no size or above 1024P. */
    public static OptionalLong parse(String text) {
        int end = 0;
        while (end < text.length() && (isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
            end++;
        }
        int unit = end == text.length() ? 2 : UNITS.indexOf(Character.toUpperCase(text.charAt(end))) + 1;
        if (unit == 0 || !isTail(text, end + 1)) {
            return OptionalLong.empty();
        }
        double bytes = number(text.substring(0, end)) * (1L << (10 * unit));
        boolean whole = bytes >= 1 && bytes <= 0x1p60 && bytes == Math.rint(bytes);
        return whole ? OptionalLong.of((long) bytes) : OptionalLong.empty();
    }

    /** What is wrong with a text that {@link #parse} does not take: {@code "4 GB" is not a size; write 4G}. */
    public static String complaint(String text) {
        return "\"" + text + "\" is not a size; " + hint(text);
    }

    /** What to write instead. */
    public static String hint(String text) {
        if (text.equals("0")) {
            return "leave it out for the site's default; for all memory of a node put --mem=0 in extra";
        }
        String tidy = text.toUpperCase(Locale.ROOT)
                .replaceAll("\\s+", "")
                .replaceAll("(?<=\\d)([KMGTP])I?B?(YTES?)?$", "$1")
                .replaceAll("(?<=\\d)(KILO|MEGA|GIGA|TERA|PETA)BYTES?$", "$1");
        tidy = tidy.replaceAll("(?<=\\d[KMGTP])[A-Z]+$", "");
        return parse(tidy).isPresent() ? "write " + tidy : EXAMPLES;
    }

    /** The shortest text in whole units: {@code 2G}, {@code 1536M}; bytes below a KiB as {@code 512B}. */
    public static String format(long bytes) {
        int unit = 0;
        long count = bytes;
        while (unit < UNITS.length() && count >= 1024 && count % 1024 == 0) {
            count /= 1024;
            unit++;
        }
        return count + (unit == 0 ? "B" : UNITS.substring(unit - 1, unit));
    }

    /** What may follow the unit letter: nothing, {@code B} or {@code iB}. */
    private static boolean isTail(String text, int from) {
        String tail = from >= text.length() ? "" : text.substring(from);
        return tail.isEmpty() || tail.equalsIgnoreCase("B") || tail.equalsIgnoreCase("iB");
    }

    private static double number(String digits) {
        boolean legal = digits.length() <= 15
                && !digits.isEmpty()
                && isDigit(digits.charAt(0))
                && isDigit(digits.charAt(digits.length() - 1))
                && digits.indexOf('.') == digits.lastIndexOf('.');
        return legal ? Double.parseDouble(digits) : -1;
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }
}
