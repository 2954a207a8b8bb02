package dev.settle.core.port;

import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Our own name for one submission, journalled before it is sent and carried by the job's name.
 *
 * <p>{@code st} and 12 characters of a-z and 0-9: 62 bits, so that it is met once in a cluster's life.
 */
public record SubmitToken(String value) {
    private static final String SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz";
    private static final int LENGTH = 12;
    private static final Pattern LEGAL = Pattern.compile("st[0-9a-z]{12}");

    public SubmitToken {
        if (!LEGAL.matcher(value).matches()) {
            throw new IllegalArgumentException("not a submit token: " + value);
        }
    }

    public static SubmitToken random(RandomGenerator random) {
        StringBuilder token = new StringBuilder("st");
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
        return end.length() < jobName.length() && LEGAL.matcher(end).matches()
                ? Optional.of(new SubmitToken(end))
                : Optional.empty();
    }

    /** Whether a job of this name carries this token. */
    public boolean isIn(String jobName) {
        return jobName.endsWith("." + value);
    }

    @Override
    public String toString() {
        return value;
    }
}
