package dev.settle.slurm.parse;

import java.util.OptionalInt;
import java.util.OptionalLong;

/** Whole numbers read without exceptions: a column that cannot be read is an absent value, not an accident. */
public final class Numbers {
    private static final int DIGITS_MAX = 18;

    /** Slurm keeps minutes, days and the like in 32 bits without a sign. */
    private static final long COUNT_MAX = (1L << 32) - 1;

    private Numbers() {}

    public static OptionalInt parseInt(String text) {
        OptionalLong number = parseLong(text);
        if (number.isEmpty() || number.getAsLong() != (int) number.getAsLong()) {
            return OptionalInt.empty();
        }
        return OptionalInt.of((int) number.getAsLong());
    }

    public static OptionalLong parseLong(String text) {
        int start = text.startsWith("-") ? 1 : 0;
        int length = text.length();
        if (length == start || length - start > DIGITS_MAX) {
            return OptionalLong.empty();
        }
        long number = 0;
        for (int i = start; i < length; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return OptionalLong.empty();
            }
            number = number * 10 + digit;
        }
        return OptionalLong.of(start == 1 ? -number : number);
    }

    /** Part of a time as Slurm counts it; a larger number is none, and no sum of such parts overflows. */
    static OptionalLong parseCount(String text) {
        OptionalLong number = parseLong(text);
        return number.isPresent() && (number.getAsLong() < 0 || number.getAsLong() > COUNT_MAX)
                ? OptionalLong.empty()
                : number;
    }

    static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }
}
