package dev.settle.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MemoryTest {
    private static final long NEEDED_BYTES = 1000;

    private long heapBytes = 5 * NEEDED_BYTES;
    private int collections;
    private final Memory memory = new Memory(() -> heapBytes, () -> {
        collections++;
        heapBytes = NEEDED_BYTES;
    });

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            memory.look();
        }
    }

    private void openRun() {
        memory.opens();
        look(Memory.LOOKS_UNTIL_OPENED);
    }

    @Test
    void whatOpeningARunNeededGoesBackSoon() {
        memory.opens();
        look(Memory.LOOKS_UNTIL_OPENED - 1);
        assertThat(collections).isZero();
        look(1);
        assertThat(collections).isEqualTo(1);
    }

    @Test
    void heapThatDidNotGrowIsLeftAlone() {
        openRun();
        look(100 * Memory.LOOKS_BETWEEN);
        assertThat(collections).isEqualTo(1);
    }

    @Test
    void heapThatGrewShrinksOnceTheAnswerIsRead() {
        openRun();
        look(Memory.LOOKS_BETWEEN);
        heapBytes++;
        look(Memory.LOOKS_GROWN - 1);
        assertThat(collections).isEqualTo(1);
        look(1);
        assertThat(collections).isEqualTo(2);
    }

    @Test
    void heapThatGrowsAllTheTimeIsCollectedNowAndThen() {
        openRun();
        for (int i = 0; i < 10 * Memory.LOOKS_BETWEEN; i++) {
            heapBytes++;
            look(1);
        }
        assertThat(collections).isEqualTo(1 + 10);
    }

    @Test
    void heapOfAProcessThatOpenedNothingIsLeftAlone() {
        look(10 * Memory.LOOKS_BETWEEN);
        assertThat(collections).isZero();
    }
}
