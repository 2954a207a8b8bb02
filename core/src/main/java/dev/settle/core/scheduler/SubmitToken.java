package dev.settle.core.scheduler;

import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Our own name for one submission, journalled before it is sent and part of the path of the batch script, which Slurm keeps.
 *
 * <p>{@code st} and 12 characters of a-z and 0-9: 62 bits, so that it is met once in a cluster's life.
 */
public record SubmitToken(String value) {
    private static final String SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static final int LENGTH = 12;
    private static final String MARK = "st";

    public SubmitToken {
        if (!isLegal(value)) {
            throw new IllegalArgumentException("not a submit token: " + value);
        }
    }

    /** By hand: every item of a large run and every row about it has one. */
    public static boolean isLegal(String value) {
        if (value.length() != MARK.length() + LENGTH || !value.startsWith(MARK)) {
            return false;
        }
        for (int i = MARK.length(); i < value.length(); i++) {
            char character = value.charAt(i);
            if ((character < '0' || character > '9') && (character < 'a' || character > 'z')) {
                return false;
            }
        }
        return true;
    }

    public static SubmitToken random(RandomGenerator random) {
        StringBuilder token = new StringBuilder(MARK);
        for (int i = 0; i < LENGTH; i++) {
            token.append(SIGNS.charAt(random.nextInt(SIGNS.length())));
        }
        return new SubmitToken(token.toString());
    }

    /** The token in the name that version 0.1 gave its jobs, {@code LABEL.TOKEN}. */
    public static Optional<SubmitToken> ofJobName(String jobName) {
        String end = jobName.substring(jobName.lastIndexOf('.') + 1);
        return end.length() < jobName.length() && isLegal(end) ? Optional.of(new SubmitToken(end)) : Optional.empty();
    }

    /** By hand, as {@link #hashCode()}: a record's own are spun at their first use, which costs time and memory. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SubmitToken token && value.equals(token.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
