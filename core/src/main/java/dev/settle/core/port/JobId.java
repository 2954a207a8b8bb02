package dev.settle.core.port;

/**
 * The scheduler's name of a job: {@code 4711}, an array task {@code 4711_3}, a component {@code 4711+1}, or a process
 * id on this machine.
 */
public record JobId(String value) implements Comparable<JobId> {
    public JobId {
        if (!isLegal(value)) {
            throw new IllegalArgumentException("not a job id: " + value);
        }
    }

    /** Digits, and for a task or a component {@code _} or {@code +} and digits; without a regex, for there are many. */
    public static boolean isLegal(String value) {
        int base = digits(value, 0);
        if (base == 0 || base == value.length()) {
            return base > 0;
        }
        char sign = value.charAt(base);
        return (sign == '_' || sign == '+') && base + 1 < value.length() && digits(value, base + 1) == value.length();
    }

    /** The end of the digits that begin at a place. */
    private static int digits(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    /** The id without task or component: {@code 4711} of {@code 4711_3}. */
    public String base() {
        return value.substring(0, digits(value, 0));
    }

    public boolean isTask() {
        return value.indexOf('_') >= 0;
    }

    @Override
    public int compareTo(JobId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
