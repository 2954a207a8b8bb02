package dev.settle.core.model;

import dev.settle.core.text.Wildcard;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The ids of a run in the order of the document, found by id, by the id of their matrix, or by a pattern. */
public final class IdIndex {
    private static final int SAMPLE_MAX = 1_000;

    private final List<ItemId> order = new ArrayList<>();
    private final Map<String, Integer> position = new HashMap<>();
    private final Map<String, List<ItemId>> byBase = new HashMap<>();
    private final Set<String> spoilt = new HashSet<>();
    private String[] sorted = new String[0];

    /** Adds an id; false when it is there already. */
    public boolean add(ItemId id) {
        if (position.putIfAbsent(id.value(), order.size()) != null) {
            return false;
        }
        order.add(id);
        return true;
    }

    /** Adds one of the items of a matrix. */
    public boolean add(ItemId id, String base) {
        boolean added = add(id);
        if (added && !base.equals(id.value())) {
            byBase.computeIfAbsent(base, key -> new ArrayList<>()).add(id);
        }
        return added;
    }

    /** Adds an item of a run that exists; its id tells what matrix it is from: {@code train[seed=1]} of {@code train}. */
    public void addExisting(ItemId id) {
        int open = id.value().indexOf('[');
        add(id, open > 0 && id.value().endsWith("]") ? id.value().substring(0, open) : id.value());
    }

    /** Takes note of an id that stands in the file but whose item is wrong: who depends on it is not. */
    public void addSpoilt(String base) {
        if (!base.isEmpty()) {
            spoilt.add(base);
        }
    }

    /** Whether a dependency that finds nothing may mean an item that is in the file and wrong. */
    public boolean maySpeakOfSpoilt(String text) {
        return spoilt.stream().anyMatch(base -> maySpeakOf(base, text));
    }

    private static boolean maySpeakOf(String base, String text) {
        // Of the id of a matrix only the part before its names is known.
        int names = base.indexOf('{');
        String known = names < 0 ? base : base.substring(0, names);
        boolean literally = names < 0 ? text.equals(base) || text.startsWith(base + "[") : text.startsWith(known);
        return literally || (Wildcard.isOne(text) && known.startsWith(new Wildcard(text).literalStart()));
    }

    /** The item of this id, or all items of the matrix of this id; empty when there is neither. */
    public List<ItemId> exactly(String text) {
        Integer at = position.get(text);
        return at != null ? List.of(order.get(at)) : byBase.getOrDefault(text, List.of());
    }

    /** The ids that match, in the order of the document. */
    public List<ItemId> matching(String pattern) {
        if (sorted.length != order.size()) {
            sorted = order.stream().map(ItemId::value).sorted().toArray(String[]::new);
        }
        Wildcard wildcard = new Wildcard(pattern);
        String start = wildcard.literalStart();
        int from = Arrays.binarySearch(sorted, start);
        List<Integer> found = new ArrayList<>();
        for (int i = from < 0 ? -from - 1 : from; i < sorted.length && sorted[i].startsWith(start); i++) {
            if (wildcard.matches(sorted[i])) {
                found.add(position.getOrDefault(sorted[i], 0));
            }
        }
        // List.copyOf takes over its own lists without a copy, and those of streams not.
        return List.copyOf(found.stream().sorted().map(order::get).toList());
    }

    /** Some ids, for hints. */
    public Collection<String> sample() {
        return order.stream().limit(SAMPLE_MAX).map(ItemId::value).toList();
    }
}
