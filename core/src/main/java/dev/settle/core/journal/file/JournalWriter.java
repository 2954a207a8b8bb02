package dev.settle.core.journal.file;

import dev.settle.core.file.Disk;
import dev.settle.core.file.StorageTrouble;
import dev.settle.core.journal.JournalLine;
import dev.settle.core.journal.lease.Fence;
import dev.settle.core.run.DurableUpTo;
import dev.settle.core.run.Entry;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Appends to a run's journal: one buffer and one force a batch. One thread at a time.
 *
 * <p>When the disk refuses, the journal is cut back to what was forced before, the entries are kept, and the next call
 * tries them again; whoever holds the writer goes on watching meanwhile and acts on nothing.
 */
public final class JournalWriter implements Closeable {
    /** So many entries may wait for a disk that refuses; a run whose disk is gone for longer is beyond recording. */
    static final int UNWRITTEN_MAX = 1_000_000;

    /** Told of what is on disk; tests and drafts need nobody. */
    public interface Listener {
        Listener NONE = new Listener() {};

        /** These entries are on disk, and the journal is so long now. */
        default void written(List<Entry> entries, long end) {}

        /** The writer is being closed. */
        default void closing(long end) {}
    }

    private final Disk.OpenFile file;
    private final Fence fence;
    private final Reserve reserve;
    private final Listener listener;
    private final List<Entry> unwritten = new ArrayList<>();
    private long end;
    private long lastNumber;
    /** Behind the good end there may be a part of a batch that failed. */
    private boolean tailInDoubt = true;

    private boolean fenced;

    private JournalWriter(
            Disk.OpenFile file, long end, long lastNumber, Fence fence, Reserve reserve, Listener listener) {
        this.listener = listener;
        this.file = file;
        this.end = end;
        this.lastNumber = lastNumber;
        this.fence = fence;
        this.reserve = reserve;
    }

    /**
     * Takes a journal over: cuts a torn tail off and forces what the predecessor may have left unforced. Where somebody
     * has overtaken us nothing is touched, and every write is answered with {@code Fenced}.
     *
     * @param file open for writing; closed with the writer
     * @param end where the sound lines end, as the scan found it
     * @param lastNumber of the last sound line, 0 in an empty journal
     */
    public static JournalWriter open(Disk.OpenFile file, long end, long lastNumber, Fence fence, Reserve reserve)
            throws IOException {
        return open(file, end, lastNumber, fence, reserve, Listener.NONE);
    }

    public static JournalWriter open(
            Disk.OpenFile file, long end, long lastNumber, Fence fence, Reserve reserve, Listener listener)
            throws IOException {
        JournalWriter writer = new JournalWriter(file, end, lastNumber, fence, reserve, listener);
        if (!fence.isHeld()) {
            writer.fenced = true;
            return writer;
        }
        writer.cutBack();
        // What was read was perhaps only in the page cache; decisions that rest on it have to outlive a crash.
        file.force();
        return writer;
    }

    /**
     * Writes and forces entries, and those that wait from calls before.
     *
     * @param entries numbered on from the last ones handed over
     */
    public WriteAnswer append(List<Entry> entries) {
        take(entries);
        return flush();
    }

    /** Tries again what waits. */
    public WriteAnswer retry() {
        return flush();
    }

    /**
     * Records the end of the run, on a full disk with the space that was reserved for it. If there is no room for the
     * entries that wait, they are given up and the end takes the number after the last one on disk.
     */
    public WriteAnswer end(Entry last) {
        take(List.of(last));
        WriteAnswer answer = flush();
        if (answer.kind() != WriteAnswer.Kind.FAILED) {
            return answer;
        }
        try {
            reserve.release();
        } catch (IOException e) {
            return failed(e);
        }
        answer = flush();
        if (answer.kind() != WriteAnswer.Kind.FAILED || unwritten.size() == 1) {
            return answer;
        }
        List<Entry> waiting = List.copyOf(unwritten);
        unwritten.clear();
        unwritten.add(new Entry(lastNumber + 1, last.at(), last.event()));
        answer = flush();
        if (answer.kind() == WriteAnswer.Kind.WRITTEN) {
            return new WriteAnswer.Written(waiting.size() - 1);
        }
        unwritten.clear();
        unwritten.addAll(waiting);
        return answer;
    }

    /** Proof of what is on disk. */
    public DurableUpTo durable() {
        return new DurableUpTo(lastNumber);
    }

    /** The number of the last entry that is on disk. */
    public long lastNumber() {
        return lastNumber;
    }

    /** The size of the journal up to the last entry that is on disk, in bytes. */
    public long size() {
        return end;
    }

    /** The entries that the disk has refused so far. */
    public List<Entry> unwritten() {
        return List.copyOf(unwritten);
    }

    @Override
    public void close() throws IOException {
        if (unwritten.isEmpty() && !fenced) {
            listener.closing(end);
        }
        file.close();
    }

    private void take(List<Entry> entries) {
        if (unwritten.size() + entries.size() > UNWRITTEN_MAX) {
            throw new IllegalStateException("more than " + UNWRITTEN_MAX + " entries wait for the disk");
        }
        long expected = lastNumber + unwritten.size() + 1;
        for (Entry entry : entries) {
            if (entry.number() != expected++) {
                throw new IllegalArgumentException("entry " + entry.number() + " where " + (expected - 1) + " is next");
            }
        }
        unwritten.addAll(entries);
    }

    private WriteAnswer flush() {
        if (fenced) {
            return new WriteAnswer.Fenced();
        }
        if (unwritten.isEmpty()) {
            return new WriteAnswer.Written(0);
        }
        try {
            if (!fence.isHeld()) {
                return fencedOff();
            }
            if (tailInDoubt) {
                cutBack();
            } else if (file.size() != end) {
                throw new IOException("the journal is " + file.size() + " bytes long, and " + end
                        + " were written: something else writes to it");
            }
            byte[] bytes = JournalLine.encode(unwritten);
            tailInDoubt = true;
            file.write(bytes, end);
            file.force();
            // Whoever was suspended before the write may have lost the run; then nothing must be done about it.
            if (!fence.isHeld()) {
                return fencedOff();
            }
            tailInDoubt = false;
            end += bytes.length;
            lastNumber += unwritten.size();
            List<Entry> written = List.copyOf(unwritten);
            unwritten.clear();
            listener.written(written, end);
            return new WriteAnswer.Written(0);
        } catch (IOException e) {
            return afterFailure(e);
        }
    }

    private WriteAnswer fencedOff() {
        fenced = true;
        return new WriteAnswer.Fenced();
    }

    private WriteAnswer afterFailure(IOException trouble) {
        try {
            if (tailInDoubt && fence.isHeld()) {
                cutBack();
            }
        } catch (IOException e) {
            // Readers pass over the tail meanwhile; it is cut before the next write.
            trouble.addSuppressed(e);
        }
        return failed(trouble);
    }

    private WriteAnswer failed(IOException e) {
        return new WriteAnswer.Failed(StorageTrouble.of(e), String.valueOf(e.getMessage()), unwritten.size());
    }

    private void cutBack() throws IOException {
        if (file.size() < end) {
            throw new IOException("the journal is " + file.size() + " bytes long, and " + end + " were written");
        }
        if (file.size() > end) {
            file.truncate(end);
        }
        tailInDoubt = false;
    }
}
