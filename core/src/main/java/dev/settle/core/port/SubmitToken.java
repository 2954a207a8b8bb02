package dev.settle.core.port;

import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Our own name for one submission, journalled before it is sent and carried by the job's name.
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
    private static boolean isLegal(String value) {
        if (value.length() != MARK.length() + LENGTH || !value.startsWith(MARK)) {
            return false;
        }
        for (int i = MARK.length(); i < value.length(); i++) {
            char sign = value.charAt(i);
            if ((sign < '0' || sign > '9') && (sign < 'a' || sign > 'z')) {
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

    /** The job name that carries this token: {@code LABEL.TOKEN}, the label cut and cleaned. */
    public String jobName(String label) {
        String clean = label.replaceAll("[^A-Za-z0-9._=+-]", "_");
        return (clean.length() > 48 ? clean.substring(0, 48) : clean) + "." + value;
    }

    /** The token that a job of this name carries, if it is one of settle's. */
    public static Optional<SubmitToken> of(String jobName) {
        String end = jobName.substring(jobName.lastIndexOf('.') + 1);
        return end.length() < jobName.length() && isLegal(end) ? Optional.of(new SubmitToken(end)) : Optional.empty();
    }

    /** Whether a job of this name carries this token. */
    public boolean isIn(String jobName) {
        return jobName.endsWith("." + value);
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
