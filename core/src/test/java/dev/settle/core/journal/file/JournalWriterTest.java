package dev.settle.core.journal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.core.file.Disk;
import dev.settle.core.file.StorageTrouble;
import dev.settle.core.journal.JournalLine;
import dev.settle.core.journal.Lines;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class JournalWriterTest {
    private static final Path JOURNAL = Path.of("/run/journal.log");
    private static final Path RESERVE = Path.of("/run/reserve");

    private final FaultyDisk disk = new FaultyDisk(1);
    private final Reserve reserve = new Reserve(disk, RESERVE);
    private boolean held = true;
    private JournalWriter writer;

    @BeforeEach
    void begin() throws IOException {
        disk.put(JOURNAL, JournalLine.encode(Lines.entries(1, 1)));
        reserve.keep();
        writer = open();
    }

    private JournalWriter open() throws IOException {
        List<Entry> read = new ArrayList<>();
        JournalReader.Extent extent = JournalReader.read(disk, JOURNAL, 0, 0, (entry, end) -> read.add(entry));
        return JournalWriter.open(disk.write(JOURNAL), extent.end(), read.size(), () -> held, reserve);
    }

    private List<Entry> read() throws IOException {
        List<Entry> entries = new ArrayList<>();
        JournalReader.read(disk, JOURNAL, 0, 0, (entry, end) -> entries.add(entry));
        return entries;
    }

    private static Entry end(long number) {
        return new Entry(
                number,
                Lines.START.plusSeconds(number),
                new RunEvent.Ended(Stop.of(StopReason.COMPLETED, Lines.START)));
    }

    @Test
    void whatIsWrittenIsDurable() throws IOException {
        assertThat(writer.append(Lines.entries(2, 4))).isEqualTo(new WriteAnswer.Written(0));
        assertThat(disk.durable(JOURNAL)).hasSize((int) writer.size());
        assertThat(read()).isEqualTo(Lines.entries(1, 4));
        assertThat(writer.lastNumber()).isEqualTo(4);
    }

    @Test
    void oneBatchCostsOneWriteAndOneForce() {
        disk.crashAt(Integer.MAX_VALUE);
        int before = disk.calls();
        writer.append(Lines.entries(2, 500));
        assertThat(disk.calls() - before).isEqualTo(2);
    }

    @Test
    void entriesOfAFailedWriteAreKeptAndGoOutWithTheNextOne() throws IOException {
        for (FaultyDisk.Fault fault : List.of(FaultyDisk.Fault.WRITE, FaultyDisk.Fault.FORCE)) {
            long next = writer.lastNumber() + 1;
            disk.failNext(fault);
            assertThat(writer.append(Lines.entries(next, next + 2)))
                    .isEqualTo(new WriteAnswer.Failed(StorageTrouble.IO_ERROR, "Input/output error", 3));
            assertThat(read()).as("cut back after %s", fault).isEqualTo(Lines.entries(1, next - 1));
            assertThat(writer.append(Lines.entries(next + 3, next + 3))).isEqualTo(new WriteAnswer.Written(0));
            assertThat(read()).isEqualTo(Lines.entries(1, next + 3));
        }
    }

    @Test
    void tailThatCouldNotBeCutIsCutBeforeTheNextWrite() throws IOException {
        disk.failAll(FaultyDisk.Fault.FORCE);
        writer.append(Lines.entries(2, 4));
        disk.failAll(FaultyDisk.Fault.TRUNCATE);
        assertThat(writer.retry().kind()).isEqualTo(WriteAnswer.Kind.WRITTEN);
        assertThat(read()).isEqualTo(Lines.entries(1, 4));
    }

    @Test
    void doubtfulTailIsNeverWrittenOver() throws IOException {
        disk.failNext(FaultyDisk.Fault.WRITE);
        disk.capacity(disk.used() + 100);
        assertThat(writer.append(Lines.entries(2, 40)).kind()).isEqualTo(WriteAnswer.Kind.FAILED);
        disk.failAll(FaultyDisk.Fault.TRUNCATE);
        writer.retry();
        assertThat(read()).isEqualTo(Lines.entries(1, read().size()));
        disk.failAll(FaultyDisk.Fault.NONE);
        disk.capacity(Long.MAX_VALUE);
        assertThat(writer.retry()).isEqualTo(new WriteAnswer.Written(0));
        assertThat(read()).isEqualTo(Lines.entries(1, 40));
    }

    @Test
    void fullDiskIsNamed() {
        disk.capacity(disk.used() + 10);
        assertThat(writer.append(Lines.entries(2, 4)))
                .isEqualTo(new WriteAnswer.Failed(StorageTrouble.FULL, "No space left on device", 3));
    }

    @Test
    void runsEndIsRecordedOnAFullDisk() throws IOException {
        disk.capacity(disk.used());
        assertThat(writer.append(Lines.entries(2, 4)).kind()).isEqualTo(WriteAnswer.Kind.FAILED);
        assertThat(writer.end(end(5))).isEqualTo(new WriteAnswer.Written(0));
        assertThat(read()).hasSize(5).last().isEqualTo(end(5));
        assertThat(disk.exists(RESERVE)).isFalse();
    }

    @Test
    void runsEndGivesUpWaitingEntriesThatTheReserveCannotHold() throws IOException {
        disk.capacity(disk.used());
        assertThat(writer.append(Lines.entries(2, 2000)).kind()).isEqualTo(WriteAnswer.Kind.FAILED);
        assertThat(writer.end(end(2001))).isEqualTo(new WriteAnswer.Written(1999));
        assertThat(read())
                .hasSize(2)
                .last()
                .isEqualTo(new Entry(2, end(2001).at(), end(2001).event()));
    }

    @Test
    void runsEndThatCannotBeRecordedLeavesTheJournalAsItWas() throws IOException {
        disk.failAll(FaultyDisk.Fault.WRITE);
        writer.append(Lines.entries(2, 4));
        assertThat(writer.end(end(5)).kind()).isEqualTo(WriteAnswer.Kind.FAILED);
        assertThat(read()).isEqualTo(Lines.entries(1, 1));
        assertThat(writer.unwritten()).hasSize(4);
    }

    @Test
    void fencedWriterWritesNothingEverAgain() throws IOException {
        writer.append(Lines.entries(2, 3));
        byte[] before = disk.durable(JOURNAL);
        held = false;
        assertThat(writer.append(Lines.entries(4, 5))).isEqualTo(new WriteAnswer.Fenced());
        held = true;
        assertThat(writer.retry()).isEqualTo(new WriteAnswer.Fenced());
        assertThat(writer.end(end(6))).isEqualTo(new WriteAnswer.Fenced());
        assertThat(disk.durable(JOURNAL)).isEqualTo(before);
    }

    @Test
    void writerThatIsFencedDuringTheWriteDoesNotCallItWritten() throws IOException {
        int[] checks = {0};
        // Held when the writer opens and when it looks first; taken while it writes.
        JournalWriter slow = JournalWriter.open(disk.write(JOURNAL), writer.size(), 1, () -> ++checks[0] <= 2, reserve);
        assertThat(slow.append(Lines.entries(2, 2))).isEqualTo(new WriteAnswer.Fenced());
    }

    @Test
    void fenceThatCannotBeCheckedStopsTheWrite() throws IOException {
        boolean[] readable = {true};
        JournalWriter blind = JournalWriter.open(
                disk.write(JOURNAL),
                writer.size(),
                1,
                () -> {
                    if (!readable[0]) {
                        throw new IOException("Stale file handle");
                    }
                    return true;
                },
                reserve);
        readable[0] = false;
        assertThat(blind.append(Lines.entries(2, 2)))
                .isEqualTo(new WriteAnswer.Failed(StorageTrouble.STALE, "Stale file handle", 1));
        assertThat(read()).hasSize(1);
        readable[0] = true;
        assertThat(blind.retry()).isEqualTo(new WriteAnswer.Written(0));
    }

    @Test
    void journalThatSomethingElseWritesToIsNotWrittenOver() throws IOException {
        disk.write(JOURNAL).write("alien\n".getBytes(java.nio.charset.StandardCharsets.UTF_8), writer.size());
        WriteAnswer answer = writer.append(Lines.entries(2, 2));
        assertThat(answer).isInstanceOf(WriteAnswer.Failed.class);
        assertThat(((WriteAnswer.Failed) answer).text()).contains("something else writes to it");
    }

    @Test
    void gapInTheNumbersIsADefect() {
        assertThatThrownBy(() -> writer.append(Lines.entries(3, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("entry 3 where 2 is next");
    }

    @Test
    void openingCutsATornTailAndForcesWhatWasRead() throws IOException {
        Disk.OpenFile file = disk.write(JOURNAL);
        byte[] more = JournalLine.encode(Lines.entries(2, 4));
        file.write(java.util.Arrays.copyOf(more, more.length - 5), writer.size());
        JournalWriter successor = open();
        assertThat(successor.lastNumber()).isEqualTo(3);
        assertThat(disk.durable(JOURNAL)).hasSize((int) successor.size());
        assertThat(read()).isEqualTo(Lines.entries(1, 3));
    }
}
