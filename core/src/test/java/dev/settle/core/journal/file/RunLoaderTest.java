package dev.settle.core.journal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.core.file.Disk;
import dev.settle.core.file.LocalDisk;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunLoaderTest {
    private static final String VERSION = "0.1.0";
    private static final int SIZE = 1500;

    private final Disk disk = new LocalDisk();
    private final RunLoader loader = new RunLoader(disk, VERSION);

    @TempDir
    Path path;

    private RunFolder folder;

    @BeforeEach
    void begin() throws IOException {
        folder = LargeRun.create(disk, new StateHome(path), SIZE, VERSION);
        assertThat(folder.snapshot()).exists();
    }

    private RunState replayed() throws IOException {
        return new RunLoader(disk, "another version").load(folder).state();
    }

    private static void assertSame(RunState actual, RunState expected) {
        assertThat(actual.lastNumber()).isEqualTo(expected.lastNumber());
        assertThat(actual.items()).hasSameSizeAs(expected.items());
        for (int i = 0; i < actual.items().size(); i++) {
            Item a = actual.items().get(i);
            Item b = expected.items().get(i);
            assertThat(a.plan()).isEqualTo(b.plan());
            assertThat(a.state()).isEqualTo(b.state());
            assertThat(a.attempt().outcome()).isEqualTo(b.attempt().outcome());
            assertThat(a.attempt().observations())
                    .containsExactlyElementsOf(b.attempt().observations());
        }
        for (ItemState state : ItemState.values()) {
            assertThat(actual.counts().of(state)).isEqualTo(expected.counts().of(state));
        }
    }

    @Test
    void runOpensFromItsSnapshotAsFromItsJournal() throws IOException {
        LoadedRun loaded = loader.load(folder);
        assertThat(loaded.state().counts().of(ItemState.COMPLETED)).isEqualTo(SIZE - 15);
        assertThat(loaded.extent().end()).isEqualTo(Files.size(folder.journal()));
    }

    @Test
    void journalWithoutItsFirstLineIsDamaged() throws IOException {
        Files.delete(folder.snapshot());
        Files.writeString(folder.journal(), "");
        assertThatThrownBy(() -> loader.load(folder))
                .isInstanceOf(DamagedJournalException.class)
                .hasMessageContaining("no whole line");
    }

    @Test
    void snapshotAndJournalSayTheSame() throws IOException {
        assertSame(loader.load(folder).state(), replayed());
    }

    @Test
    void linesAfterTheSnapshotAreFoldedOntoIt() throws IOException {
        byte[] journal = Files.readAllBytes(folder.journal());
        byte[] late = Files.readAllBytes(folder.snapshot());
        // A snapshot of an earlier time with the journal of today.
        int half = half(journal);
        Files.write(folder.journal(), Arrays.copyOf(journal, half));
        LoadedRun early = new RunLoader(disk, "rebuild").load(folder);
        SnapshotKeeper keeper = new SnapshotKeeper(disk, VERSION, folder);
        JournalReader.read(disk, folder.journal(), 0, 0, (entry, end) -> keeper.note(entry));
        keeper.write(early.state(), half);
        assertThat(Files.readAllBytes(folder.snapshot())).isNotEqualTo(late);
        Files.write(folder.journal(), journal);
        assertSame(loader.load(folder).state(), replayed());
    }

    @Test
    void damagedSnapshotIsIgnoredAndRebuilt() throws IOException {
        RunState expected = replayed();
        byte[] good = Files.readAllBytes(folder.snapshot());
        for (byte[] bad : new byte[][] {
            {}, new byte[good.length], Arrays.copyOf(good, good.length / 2), flipped(good, good.length / 3)
        }) {
            Files.write(folder.snapshot(), bad);
            LoadedRun loaded = loader.load(folder);
            assertSame(loaded.state(), expected);
            assertThat(loaded.snapshots().isDue(loaded.extent().end())).isTrue();
            loaded.snapshots().write(loaded.state(), loaded.extent().end());
            assertThat(Files.readAllBytes(folder.snapshot())).isEqualTo(good);
        }
    }

    @Test
    void snapshotOfAJournalThatWasCutBackIsIgnored() throws IOException {
        byte[] journal = Files.readAllBytes(folder.journal());
        Files.write(folder.journal(), Arrays.copyOf(journal, half(journal)));
        LoadedRun loaded = loader.load(folder);
        assertThat(loaded.extent().end()).isEqualTo(half(journal));
        assertSame(loaded.state(), replayed());
    }

    @Test
    void driverFindsDamageThatTheSnapshotHides() throws IOException {
        byte[] journal = Files.readAllBytes(folder.journal());
        Files.write(folder.journal(), flipped(journal, 5000));
        assertThat(loader.load(folder).state().counts().total()).isEqualTo(SIZE);
        assertThatThrownBy(() -> loader.loadToDrive(folder))
                .isInstanceOf(DamagedJournalException.class)
                .hasMessageContaining("nothing was changed");
    }

    @Test
    void snapshotThatTheDiskRefusesLeavesTheLastOne() throws IOException {
        byte[] good = Files.readAllBytes(folder.snapshot());
        LoadedRun loaded = loader.load(folder);
        FaultyDisk full = new FaultyDisk(1);
        full.put(folder.journal(), Files.readAllBytes(folder.journal()));
        long before = full.used();
        full.capacity(before + 100);
        SnapshotKeeper keeper = new SnapshotKeeper(full, VERSION, folder);
        assertThatThrownBy(() -> keeper.write(loaded.state(), loaded.extent().end()))
                .hasMessageContaining("No space left on device");
        assertThat(Files.readAllBytes(folder.snapshot())).isEqualTo(good);
        assertThat(full.used()).isEqualTo(before);
    }

    @Test
    void snapshotIsDueAfterTheJournalGrewByTwiceAsMuch() throws IOException {
        LoadedRun loaded = loader.load(folder);
        long covered = loaded.extent().end();
        long growth = Math.max(SnapshotKeeper.GROWTH_BYTES_LEAST, 2 * Files.size(folder.snapshot()));
        assertThat(loaded.snapshots().isDue(covered)).isFalse();
        assertThat(loaded.snapshots().isDue(covered + growth - 1)).isFalse();
        assertThat(loaded.snapshots().isDue(covered + growth)).isTrue();
        assertThat(loaded.snapshots().isWorthwhile(covered + 1000)).isFalse();
    }

    /** The end of the line around the middle. */
    private static int half(byte[] journal) {
        int at = journal.length / 2;
        while (journal[at - 1] != '\n') {
            at++;
        }
        return at;
    }

    private static byte[] flipped(byte[] bytes, int at) {
        byte[] bad = bytes.clone();
        bad[at] ^= 4;
        return bad;
    }
}
