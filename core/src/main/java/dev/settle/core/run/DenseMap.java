package dev.settle.core.run;

import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A map in the order in which its keys came, in three arrays: 16 to 20 bytes for an entry, of which a
 * {@link java.util.LinkedHashMap} takes 48. For what every item of a large run is in. Not for several threads.
 */
public final class DenseMap<K, V> {
    private static final int CAPACITY_MIN = 8;

    /** In the order in which they came; null where one was removed. */
    private @Nullable Object[] keys;

    private @Nullable Object[] values;

    /** How many places of the two arrays were given out, those of removed entries included. */
    private int used;

    private int size;

    /** By the hash of the key: one more than its place, 0 where nothing is; searched on from there. */
    private int[] places;

    /** @param expected how many entries there will be; more may come */
    public DenseMap(int expected) {
        int capacity = Math.max(CAPACITY_MIN, expected);
        keys = new Object[capacity];
        values = new Object[capacity];
        places = new int[tableSize(capacity)];
    }

    /** A power of two, at least a quarter of which stays free. */
    private static int tableSize(int capacity) {
        return Integer.highestOneBit(Math.max(1, capacity + capacity / 3)) << 1;
    }

    public int size() {
        return size;
    }

    public @Nullable V get(K key) {
        int place = placeOf(key);
        return place < 0 ? null : value(place);
    }

    /** @return the value that the key had before, which then stays; null if it had none */
    public @Nullable V putIfAbsent(K key, V value) {
        int place = placeOf(key);
        if (place >= 0) {
            return value(place);
        }
        add(key, value);
        return null;
    }

    /** Gives the key this value; a key that is there already keeps its place in the order. */
    public void put(K key, V value) {
        int place = placeOf(key);
        if (place >= 0) {
            values[place] = value;
        } else {
            add(key, value);
        }
    }

    /** @return the value that the key had; null if it had none */
    public @Nullable V remove(K key) {
        int place = placeOf(key);
        if (place < 0) {
            return null;
        }
        V value = value(place);
        keys[place] = null;
        values[place] = null;
        size--;
        return value;
    }

    /** Each value, in the order in which their keys came. */
    public void forEachValue(Consumer<? super V> consumer) {
        for (int place = 0; place < used; place++) {
            if (keys[place] != null) {
                consumer.accept(Objects.requireNonNull(value(place)));
            }
        }
    }

    @SuppressWarnings("unchecked") // only values are put there
    private @Nullable V value(int place) {
        return (V) values[place];
    }

    private int placeOf(K key) {
        for (int i = first(key); places[i] != 0; i = next(i)) {
            int place = places[i] - 1;
            if (key.equals(keys[place])) {
                return place;
            }
        }
        return -1;
    }

    private void add(K key, V value) {
        if (used == keys.length) {
            makeRoom();
        }
        keys[used] = key;
        values[used] = value;
        used++;
        size++;
        enter(key, used);
    }

    private void enter(Object key, int placeAndOne) {
        int i = first(key);
        while (places[i] != 0) {
            i = next(i);
        }
        places[i] = placeAndOne;
    }

    /** Closes the gaps of removed entries, and grows by half of what is left. */
    private void makeRoom() {
        @Nullable Object[] oldKeys = keys;
        @Nullable Object[] oldValues = values;
        int capacity = size + size / 2 + CAPACITY_MIN;
        keys = new Object[capacity];
        values = new Object[capacity];
        places = new int[tableSize(capacity)];
        int to = 0;
        for (int from = 0; from < used; from++) {
            Object key = oldKeys[from];
            if (key != null) {
                keys[to] = key;
                values[to] = oldValues[from];
                enter(key, ++to);
            }
        }
        used = to;
    }

    private int first(Object key) {
        int hash = key.hashCode();
        // Ids that count up have hashes that do: spread, so that runs of them do not lie in one another's way.
        return ((hash * 0x9E3779B9) >>> 7) & (places.length - 1);
    }

    private int next(int i) {
        return (i + 1) & (places.length - 1);
    }
}
