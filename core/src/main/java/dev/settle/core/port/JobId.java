package dev.settle.core.port;

import java.util.regex.Pattern;

/**
 * The scheduler's name of a job: {@code 4711}, an array task {@code 4711_3}, a component {@code 4711+1}, or a process
 * id on this machine.
 */
public record JobId(String value) implements Comparable<JobId> {
    private static final Pattern LEGAL = Pattern.compile("[0-9]+([_+][0-9]+)?");

    public JobId {
        if (!isLegal(value)) {
            throw new IllegalArgumentException("not a job id: " + value);
        }
    }

    public static boolean isLegal(String value) {
        return LEGAL.matcher(value).matches();
    }

    /** The id without task or component: {@code 4711} of {@code 4711_3}. */
    public String base() {
        int end = 0;
        while (end < value.length() && Character.isDigit(value.charAt(end))) {
            end++;
        }
        return value.substring(0, end);
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
