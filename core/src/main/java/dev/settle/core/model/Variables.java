package dev.settle.core.model;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Environment variables in the order they are set; never changes. Many items share one, and a {@code LinkedHashMap} for
 * each of 100,000 items would take half of the heap.
 */
public final class Variables extends AbstractMap<String, String> {
    public static final Map<String, String> NONE = new Variables(new String[0]);

    /** Names and values in turn. */
    private final String[] pairs;

    private Variables(String[] pairs) {
        this.pairs = pairs;
    }

    public static Map<String, String> copyOf(Map<String, String> map) {
        if (map instanceof Variables) {
            return map;
        }
        if (map.isEmpty()) {
            return NONE;
        }
        String[] pairs = new String[2 * map.size()];
        int at = 0;
        for (Map.Entry<String, String> entry : map.entrySet()) {
            pairs[at++] = Objects.requireNonNull(entry.getKey());
            pairs[at++] = Objects.requireNonNull(entry.getValue());
        }
        return new Variables(pairs);
    }

    @Override
    public @Nullable String get(@Nullable Object name) {
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i].equals(name)) {
                return pairs[i + 1];
            }
        }
        return null;
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return get(name) != null;
    }

    @Override
    public Set<Map.Entry<String, String>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return pairs.length / 2;
            }

            @Override
            public Iterator<Map.Entry<String, String>> iterator() {
                return new Iterator<>() {
                    private int at;

                    @Override
                    public boolean hasNext() {
                        return at < pairs.length;
                    }

                    @Override
                    public Map.Entry<String, String> next() {
                        if (!hasNext()) {
                            throw new NoSuchElementException();
                        }
                        at += 2;
                        return Map.entry(pairs[at - 2], pairs[at - 1]);
                    }
                };
            }
        };
    }
}
