package dev.settle.app.stepqueue;

import dev.settle.core.file.Disk;
import dev.settle.core.journal.file.FaultyDisk;
import dev.settle.core.journal.file.JournalReader;
import dev.settle.core.journal.file.JournalWriter;
import dev.settle.core.journal.file.Reserve;
import dev.settle.core.journal.lease.Fence;
import dev.settle.core.run.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A run's journal on a disk in memory, whose engine is killed once the journal has a given number of lines. */
final class KilledJournal {
    /** The engine was killed. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** When an engine dies. */
    enum Death {
        /** Its lines are on disk; what they announce is not done. */
        BEFORE_ACTING,
        /** What they announce is done; the answers die with it. */
        AFTER_ACTING
    }

    private static final Path FILE = Path.of("/run/journal.log");

    private final Disk disk = new FaultyDisk(1);
    private int lines;
    private int killAt = Integer.MAX_VALUE;
    private Death death = Death.BEFORE_ACTING;

    KilledJournal() throws IOException {
        disk.create(FILE).close();
    }

    void killAt(int line, Death when) {
        killAt = line;
        death = when;
    }

    int lines() {
        return lines;
    }

    /** A writer for the next engine. */
    JournalWriter open() throws IOException {
        long end;
        try (Disk.OpenFile file = disk.read(FILE)) {
            end = file.size();
        }
        return JournalWriter.open(
                new MortalFile(disk.write(FILE)),
                end,
                lines,
                Fence.OPEN,
                new Reserve(disk, FILE.resolveSibling("reserve")));
    }

    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        try {
            JournalReader.read(disk, FILE, 0, 0, (entry, end) -> entries.add(entry));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return entries;
    }

    private final class MortalFile implements Disk.OpenFile {
        private final Disk.OpenFile file;
        private boolean written;

        MortalFile(Disk.OpenFile file) {
            this.file = file;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public int read(byte[] into, long position) throws IOException {
            return file.read(into, position);
        }

        @Override
        public void write(byte[] bytes, long position) throws IOException {
            if (lines >= killAt) {
                throw new Killed();
            }
            file.write(bytes, position);
            for (byte each : bytes) {
                lines += each == '\n' ? 1 : 0;
            }
            written = true;
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void force() throws IOException {
            file.force();
            if (written && death == Death.BEFORE_ACTING && lines >= killAt) {
                throw new Killed();
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
