package dev.settle.core.journal.file;

import dev.settle.core.file.Disk;
import dev.settle.core.run.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Follows a journal that another process writes, by looking again and again; the writer never notices.
 *
 * <p>Each look opens the file anew: on NFS that is what makes another machine's writes show, and it finds the file that
 * a new driver may have put in the old one's place.
 */
public final class JournalFollower {
    private final Disk disk;
    private final Path journal;
    private long end;
    private long number;
    /** The last bytes that were read, to notice that the journal was cut back and written otherwise. */
    private byte[] mark;

    /**
     * What a look found.
     *
     * @param entries the new ones, in order
     * @param restarted the journal no longer begins with what was read before (its writer took back lines that the disk
     *     had refused to keep); the entries are all there are, from number 1 on
     */
    public record News(List<Entry> entries, boolean restarted) {
        public News {
            entries = List.copyOf(entries);
        }
    }

    /**
     * @param end where the reader has got to, in bytes, as {@link JournalReader.Extent} says
     * @param number of the last entry before that
     */
    public JournalFollower(Disk disk, Path journal, long end, long number) throws IOException {
        this.disk = disk;
        this.journal = journal;
        this.end = end;
        this.number = number;
        try (Disk.OpenFile file = disk.read(journal)) {
            mark = SnapshotKeeper.before(file, end);
        }
    }

    /**
     * Looks once.
     *
     * @throws DamagedJournalException when the journal cannot be believed
     */
    public News poll() throws IOException {
        try (Disk.OpenFile file = disk.read(journal)) {
            boolean same = Arrays.equals(mark, SnapshotKeeper.before(file, end));
            if (same && file.size() == end) {
                return new News(List.of(), false);
            }
            List<Entry> entries = new ArrayList<>();
            long from = same ? end : 0;
            JournalReader.Extent extent =
                    JournalReader.read(file, journal, from, same ? number : 0, (entry, at) -> entries.add(entry));
            end = extent.end();
            number = entries.isEmpty()
                    ? (same ? number : 0)
                    : entries.get(entries.size() - 1).number();
            mark = SnapshotKeeper.before(file, end);
            return new News(entries, !same);
        }
    }

    /** The number of the last entry that was handed out. */
    public long number() {
        return number;
    }
}
