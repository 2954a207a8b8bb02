package dev.settle.core.model;

import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The id of a run: eight characters of a-z (without i, l, o, u) and 0-9, beginning with a letter. */
public record RunId(String value) {
    private static final String LETTERS = "abcdefghjkmnpqrstvwxyz";
    private static final String SIGNS = LETTERS + "0123456789";
    private static final int LENGTH = 8;
    private static final Pattern LEGAL = Pattern.compile("[a-z][a-z0-9]{7}");

    public RunId {
        if (!LEGAL.matcher(value).matches()) {
            throw new IllegalArgumentException("not a run id: " + value);
        }
    }

    public static boolean isLegal(String value) {
        return LEGAL.matcher(value).matches();
    }

    /** A new id out of the random numbers that are handed in. */
    public static RunId random(RandomGenerator random) {
        StringBuilder id = new StringBuilder(LENGTH);
        id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        while (id.length() < LENGTH) {
            id.append(SIGNS.charAt(random.nextInt(SIGNS.length())));
        }
        return new RunId(id.toString());
    }

    /** By hand, as {@link #hashCode()}: a record's own are spun at their first use, which costs time and memory. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RunId id && value.equals(id.value);
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
