package dev.settle.core.plan;

import java.util.regex.Pattern;

/**
 * The name of an item within its run, as users write it.
 *
 * <p>Letters, digits and {@code . _ = , [ ] + - : @}, not beginning with {@code -} or {@code .}; at most
 * {@value #LENGTH_MAX} characters, so that it can name a folder.
 */
public record ItemId(String value) implements Comparable<ItemId> {
    public static final int LENGTH_MAX = 200;
    private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9_=,\\[\\]+:@][A-Za-z0-9._=,\\[\\]+:@-]*");

    public ItemId {
        if (!isLegal(value)) {
            throw new IllegalArgumentException("not an item id: " + value);
        }
    }

    public static boolean isLegal(String value) {
        return value.length() <= LENGTH_MAX && LEGAL.matcher(value).matches();
    }

    @Override
    public int compareTo(ItemId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
