package dev.settle.core.journal.file;

import dev.settle.core.file.Disk;
import dev.settle.core.journal.EventCodec;
import dev.settle.core.journal.JournalScan;
import dev.settle.core.journal.UnknownWordException;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads a journal from a place on to its end; never blocks its writer and never changes anything. */
public final class JournalReader {
    private static final int READ_BYTES_LEAST = 4 << 10;
    private static final int READ_BYTES_MAX = 256 << 10;

    /** Takes the entries in order. */
    public interface Sink {
        /**
         * @param end offset of what follows the entry's line
         * @throws IllegalStateException when the entry does not fit those before it
         */
        void entry(Entry entry, long end);
    }

    /**
     * How far a journal could be read.
     *
     * @param end where the sound lines end, in bytes
     * @param torn whether something follows them: the rest of a write that was cut short, or one in progress
     */
    public record Extent(long end, boolean torn) {}

    private JournalReader() {}

    /**
     * Folds a journal's lines into a state.
     *
     * @param offset where the first line begins that the state does not have yet
     * @throws DamagedJournalException when it cannot be believed
     * @throws UnknownWordException when a newer settle wrote it
     */
    public static Extent replay(Disk disk, Path journal, long offset, RunState state) throws IOException {
        return read(disk, journal, offset, state.lastNumber(), (entry, end) -> state.apply(entry));
    }

    /**
     * Hands a journal's lines to a sink.
     *
     * @param number of the line before the offset, 0 at the beginning
     */
    public static Extent read(Disk disk, Path journal, long offset, long number, Sink sink) throws IOException {
        try (Disk.OpenFile file = disk.read(journal)) {
            return read(file, journal, offset, number, sink);
        }
    }

    /**
     * Looks at every line's checksum, and at nothing else.
     *
     * @throws DamagedJournalException when a line before the tail is broken
     */
    static Extent check(Disk disk, Path journal) throws IOException {
        try (Disk.OpenFile file = disk.read(journal)) {
            return scan(file, journal, 0, new JournalScan(0, 0, (json, offset, end) -> {}));
        }
    }

    static Extent read(Disk.OpenFile file, Path journal, long offset, long number, Sink sink) throws IOException {
        return scan(file, journal, offset, new JournalScan(offset, number, new Decoder(journal, sink)));
    }

    private static Extent scan(Disk.OpenFile file, Path journal, long offset, JournalScan scan) throws IOException {
        // A follower looks often and finds little.
        byte[] bytes = new byte[(int) Math.max(READ_BYTES_LEAST, Math.min(file.size() - offset, READ_BYTES_MAX))];
        long at = offset;
        for (int count = file.read(bytes, at); count > 0; count = file.read(bytes, at)) {
            scan.feed(bytes, count);
            at += count;
        }
        JournalScan.Result result = scan.finish();
        return switch (result.kind()) {
            case CLEAN -> new Extent(result.end(), false);
            case TORN -> new Extent(result.end(), true);
            case DAMAGED -> throw new DamagedJournalException(journal, result.end(), result.damage());
        };
    }

    /** Makes entries of sound lines, and tells trouble with the place and the version. */
    private static final class Decoder implements JournalScan.Sink {
        private final Path journal;
        private final Sink sink;
        private Optional<String> version = Optional.empty();

        Decoder(Path journal, Sink sink) {
            this.journal = journal;
            this.sink = sink;
        }

        @Override
        public void line(String json, long offset, long end) throws IOException {
            try {
                Entry entry = EventCodec.decode(json);
                if (entry.event() instanceof RunEvent.Opened opened) {
                    version = Optional.of(opened.version());
                }
                sink.entry(entry, end);
            } catch (UnknownWordException e) {
                throw e.in(journal.toString(), offset, version);
            } catch (IOException | RuntimeException e) {
                throw new DamagedJournalException(journal, offset, e);
            }
        }
    }
}
