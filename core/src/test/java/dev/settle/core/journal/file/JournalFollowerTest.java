package dev.settle.core.journal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.core.file.Disk;
import dev.settle.core.file.LocalDisk;
import dev.settle.core.journal.JournalLine;
import dev.settle.core.journal.Lines;
import dev.settle.core.run.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalFollowerTest {
    private final Disk disk = new LocalDisk();

    @TempDir
    Path folder;

    private Path journal;
    private JournalFollower follower;

    @BeforeEach
    void begin() throws IOException {
        journal = folder.resolve("journal.log");
        Files.write(journal, JournalLine.encode(Lines.entries(1, 2)));
        follower = new JournalFollower(disk, journal, 0, 0);
        assertThat(follower.poll().entries()).isEqualTo(Lines.entries(1, 2));
    }

    private void append(byte[] bytes) throws IOException {
        Files.write(journal, bytes, StandardOpenOption.APPEND);
    }

    @Test
    void nothingNewIsNoNews() throws IOException {
        assertThat(follower.poll()).isEqualTo(new JournalFollower.News(List.of(), false));
    }

    @Test
    void newLinesComeOnceAndInOrder() throws IOException {
        append(JournalLine.encode(Lines.entries(3, 5)));
        assertThat(follower.poll()).isEqualTo(new JournalFollower.News(Lines.entries(3, 5), false));
        assertThat(follower.poll().entries()).isEmpty();
        assertThat(follower.number()).isEqualTo(5);
    }

    @Test
    void lineThatIsBeingWrittenIsWaitedFor() throws IOException {
        byte[] batch = JournalLine.encode(Lines.entries(3, 6));
        List<Entry> seen = new ArrayList<>();
        for (int at = 0; at < batch.length; at++) {
            append(new byte[] {batch[at]});
            seen.addAll(follower.poll().entries());
        }
        assertThat(seen).isEqualTo(Lines.entries(3, 6));
    }

    @Test
    void tornTailThatANewDriverCutsIsNeverSeen() throws IOException {
        byte[] batch = JournalLine.encode(Lines.entries(3, 3));
        long before = Files.size(journal);
        append(Arrays.copyOf(batch, batch.length - 4));
        assertThat(follower.poll().entries()).isEmpty();
        try (Disk.OpenFile file = disk.write(journal)) {
            file.truncate(before);
        }
        assertThat(follower.poll()).isEqualTo(new JournalFollower.News(List.of(), false));
        append(batch);
        assertThat(follower.poll().entries()).isEqualTo(Lines.entries(3, 3));
    }

    @Test
    void linesThatWereTakenBackAndWrittenOtherwiseRestartTheReading() throws IOException {
        long before = Files.size(journal);
        append(JournalLine.encode(Lines.entries(3, 4)));
        follower.poll();
        try (Disk.OpenFile file = disk.write(journal)) {
            file.truncate(before);
        }
        Entry other = new Entry(3, Lines.START, Lines.entry(5).event());
        append(JournalLine.encode(List.of(other)));
        List<Entry> all = new ArrayList<>(Lines.entries(1, 2));
        all.add(other);
        assertThat(follower.poll()).isEqualTo(new JournalFollower.News(all, true));
        assertThat(follower.poll().entries()).isEmpty();
    }

    @Test
    void copyThatTakesTheJournalsPlaceIsFollowed() throws IOException {
        Path copy = folder.resolve("copy");
        Files.copy(journal, copy);
        Files.write(copy, JournalLine.encode(Lines.entries(3, 3)), StandardOpenOption.APPEND);
        Files.move(copy, journal, StandardCopyOption.ATOMIC_MOVE);
        assertThat(follower.poll()).isEqualTo(new JournalFollower.News(Lines.entries(3, 3), false));
    }

    @Test
    void damageIsToldWithItsPlace() throws IOException {
        long at = Files.size(journal);
        append("garbage\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        append(JournalLine.encode(Lines.entries(4, 4)));
        assertThatThrownBy(() -> follower.poll())
                .isInstanceOf(DamagedJournalException.class)
                .hasMessageContaining("damaged at byte " + at);
    }
}
