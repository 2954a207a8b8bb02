package dev.settle.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DenseMapTest {
    /** Keys of one hash, and of hashes in a row: the two ways to lie in one another's way. */
    private record Key(int number) {
        @Override
        public int hashCode() {
            return number % 3 == 0 ? 7 : number;
        }
    }

    @Test
    void holdsWhatALinkedHashMapHolds() {
        Random random = new Random(4711);
        DenseMap<Key, Integer> dense = new DenseMap<>(4);
        Map<Key, Integer> expected = new LinkedHashMap<>();
        for (int i = 0; i < 40_000; i++) {
            Key key = new Key(random.nextInt(300));
            // In turns it fills and empties.
            int action = random.nextInt(i / 1000 % 2 == 0 ? 4 : 8);
            switch (action) {
                case 0 -> dense.put(key, i);
                case 1, 2 -> assertThat(dense.putIfAbsent(key, i)).isEqualTo(expected.putIfAbsent(key, i));
                default -> assertThat(dense.remove(key)).isEqualTo(expected.remove(key));
            }
            if (action == 0) {
                expected.put(key, i);
            }
            assertThat(dense.size()).isEqualTo(expected.size());
            if (i % 100 == 0) {
                assertThat(values(dense)).containsExactlyElementsOf(expected.values());
            }
        }
        for (int i = 0; i < 300; i++) {
            assertThat(dense.get(new Key(i))).isEqualTo(expected.get(new Key(i)));
        }
    }

    /** Removed entries leave gaps: what comes and goes for long must not make it grow without end. */
    @Test
    void keysThatComeAndGoEndlesslyFindRoom() {
        DenseMap<Integer, Integer> dense = new DenseMap<>(10);
        for (int i = 0; i < 100_000; i++) {
            dense.put(i, i);
            dense.remove(i - 20);
        }
        assertThat(dense.size()).isEqualTo(20);
        assertThat(values(dense).get(0)).isEqualTo(99_980);
        assertThat(dense.get(5)).isNull();
    }

    private static <V> List<V> values(DenseMap<?, V> map) {
        List<V> values = new ArrayList<>();
        map.forEachValue(values::add);
        return values;
    }
}
