package dev.settle.core.port;

import org.jspecify.annotations.Nullable;

/**
 * The scheduler's name of a job: {@code 4711}, an array task {@code 4711_3}, a component {@code 4711+1}, or a process
 * id on this machine. Kept as the numbers that it is made of: each item of a large run has one for as long as it lives.
 */
public final class JobId implements Comparable<JobId> {
    private static final char TASK = '_';
    private static final char COMPONENT = '+';
    /** Stands for the sign of an id that is neither of a task nor of a component. */
    private static final char WHOLE = 0;

    private static final int NUMBER_DIGITS_MAX = 18;
    private static final int PART_DIGITS_MAX = 9;

    private final long number;
    private final int part;
    private final char sign;

    /** @throws IllegalArgumentException when it is none */
    public JobId(String value) {
        if (!isLegal(value)) {
            throw new IllegalArgumentException("not a job id: " + value);
        }
        int end = digits(value, 0);
        number = number(value, 0, end);
        sign = end < value.length() ? value.charAt(end) : WHOLE;
        part = sign == WHOLE ? 0 : (int) number(value, end + 1, value.length());
    }

    /**
     * Numbers as Slurm writes them, and for a task or a component {@code _} or {@code +} and another one; without a
     * regex, for there are many.
     */
    public static boolean isLegal(String value) {
        int base = digits(value, 0);
        if (!isNumber(value, 0, base, NUMBER_DIGITS_MAX)) {
            return false;
        }
        if (base == value.length()) {
            return true;
        }
        char sign = value.charAt(base);
        return (sign == TASK || sign == COMPONENT)
                && digits(value, base + 1) == value.length()
                && isNumber(value, base + 1, value.length(), PART_DIGITS_MAX);
    }

    /** Whether digits are written as a number is: another spelling would be another id to Slurm's tables. */
    private static boolean isNumber(String text, int from, int end, int digitsMax) {
        int digits = end - from;
        return digits > 0 && digits <= digitsMax && (digits == 1 || text.charAt(from) != '0');
    }

    /** The end of the digits that begin at a place. */
    private static int digits(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    private static long number(String text, int from, int end) {
        long number = 0;
        for (int i = from; i < end; i++) {
            number = 10 * number + (text.charAt(i) - '0');
        }
        return number;
    }

    /** As the scheduler writes it. */
    public String value() {
        return sign == WHOLE ? base() : base() + sign + part;
    }

    /** The id without task or component: {@code 4711} of {@code 4711_3}. */
    public String base() {
        return Long.toString(number);
    }

    public boolean isTask() {
        return sign == TASK;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JobId id && number == id.number && part == id.part && sign == id.sign;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(number) + 2 * part + (sign == COMPONENT ? 1 : 0);
    }

    @Override
    public int compareTo(JobId other) {
        return value().compareTo(other.value());
    }

    @Override
    public String toString() {
        return value();
    }
}
