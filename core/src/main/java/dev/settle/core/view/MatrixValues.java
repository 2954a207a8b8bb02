package dev.settle.core.view;

import dev.settle.core.run.Item;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The values of its matrix that an item was made of, as its id has them: {@code train[lr=0.1,seed=1]}. */
public final class MatrixValues {
    private MatrixValues() {}

    /** By name, in the order of the id; empty for an item that no matrix made. */
    public static Map<String, String> of(Item item) {
        String id = item.id().value();
        int from = id.indexOf('[');
        if (from <= 0 || !id.endsWith("]")) {
            return Map.of();
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (String part : id.substring(from + 1, id.length() - 1).split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals <= 0) {
                return Map.of();
            }
            values.put(part.substring(0, equals), part.substring(equals + 1));
        }
        return values;
    }

    /** The names that occur among items, in the order in which they occur, at most so many. */
    public static List<String> keys(List<Item> items, int most) {
        Set<String> keys = new LinkedHashSet<>();
        for (Item item : items) {
            if (keys.size() >= most) {
                break;
            }
            keys.addAll(of(item).keySet());
        }
        return keys.stream().limit(most).toList();
    }
}
