package dev.settle.core.journal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.settle.core.journal.JournalLine;
import dev.settle.core.journal.Lines;
import dev.settle.core.journal.lease.Fence;
import dev.settle.core.run.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the disk does and whenever the machine stops, a journal opens again with all that was forced. */
final class JournalCrashTest {
    private static final Path JOURNAL = Path.of("/run/journal.log");
    /** {@code -Dsettle.seeds=100000} tries longer. */
    private static final int SEEDS = Integer.getInteger("settle.seeds", 1000);

    private static final int LIVES_MAX = 4;

    @Test
    void journalOpensAfterEveryCrashWithEverythingThatWasForced() {
        int crashes = 0;
        int faults = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            try {
                Life life = new Life(seed);
                life.live();
                crashes += life.crashes;
                faults += life.faults;
            } catch (IOException | AssertionError | RuntimeException e) {
                fail("seed " + seed, e);
            }
        }
        // The test is worth something only if things went wrong.
        assertThat(crashes).isGreaterThan(SEEDS);
        assertThat(faults).isGreaterThan(SEEDS);
    }

    /** A process that was killed, on a machine that goes on: what was written is there, forced or not. */
    @Test
    void journalOpensAfterEveryKillWithEverythingThatWasForced() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            FaultyDisk disk = new FaultyDisk(seed);
            disk.put(JOURNAL, JournalLine.encode(Lines.entries(1, 1)));
            JournalWriter writer = JournalWriter.open(
                    disk.write(JOURNAL),
                    JournalLine.encode(Lines.entries(1, 1)).length,
                    1,
                    Fence.OPEN,
                    new Reserve(disk, Path.of("/run/reserve")));
            disk.crashAt(1 + random.nextInt(20));
            long forced = 1;
            try {
                while (true) {
                    writer.append(Lines.entries(forced + 1, forced + 1 + random.nextInt(5)));
                    forced = writer.lastNumber();
                }
            } catch (FaultyDisk.Crash e) {
                disk.crashAt(Integer.MAX_VALUE);
            }
            List<Entry> read = new ArrayList<>();
            JournalReader.read(disk, JOURNAL, 0, 0, (entry, end) -> read.add(entry));
            assertThat(read).as("seed %d", seed).isEqualTo(Lines.entries(1, read.size()));
            assertThat((long) read.size()).as("seed %d", seed).isGreaterThanOrEqualTo(forced);
        }
    }

    private static final class Life {
        private final Random random;
        private FaultyDisk disk;
        private long forced = 1;
        private int crashes;
        private int faults;

        Life(long seed) {
            random = new Random(seed);
            disk = new FaultyDisk(seed);
            disk.put(JOURNAL, JournalLine.encode(Lines.entries(1, 1)));
        }

        void live() throws IOException {
            int lives = 2 + random.nextInt(LIVES_MAX - 1);
            for (int i = 0; i < lives; i++) {
                disk.crashAt(1 + random.nextInt(30));
                try {
                    drive();
                } catch (FaultyDisk.Crash e) {
                    crashes++;
                }
                disk = disk.afterCrash();
                List<Entry> read = read();
                assertThat(read).isEqualTo(Lines.entries(1, read.size()));
                assertThat((long) read.size()).isGreaterThanOrEqualTo(forced);
            }
        }

        private void drive() throws IOException {
            List<Entry> read = new ArrayList<>();
            JournalReader.Extent extent = JournalReader.read(disk, JOURNAL, 0, 0, (entry, end) -> read.add(entry));
            JournalWriter writer = JournalWriter.open(
                    disk.write(JOURNAL),
                    extent.end(),
                    read.size(),
                    Fence.OPEN,
                    new Reserve(disk, Path.of("/run/reserve")));
            long decided = read.size();
            while (true) {
                FaultyDisk.Fault[] all = FaultyDisk.Fault.values();
                disk.failNext(random.nextInt(3) == 0 ? all[random.nextInt(all.length)] : FaultyDisk.Fault.NONE);
                disk.capacity(random.nextInt(8) == 0 ? disk.used() + random.nextInt(300) : Long.MAX_VALUE);
                int count = random.nextInt(6);
                WriteAnswer answer = writer.append(Lines.entries(decided + 1, decided + count));
                decided += count;
                if (answer.kind() == WriteAnswer.Kind.WRITTEN) {
                    assertThat(writer.lastNumber()).isEqualTo(decided);
                    forced = decided;
                } else {
                    faults++;
                    assertThat(read()).hasSizeGreaterThanOrEqualTo((int) forced);
                }
            }
        }

        private List<Entry> read() throws IOException {
            List<Entry> read = new ArrayList<>();
            JournalReader.read(disk, JOURNAL, 0, 0, (entry, end) -> read.add(entry));
            return read;
        }
    }
}
