package dev.settle.core.journal.file;

import dev.settle.core.file.AtomicFile;
import dev.settle.core.file.Disk;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.Snapshot;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a run's snapshots as its journal grows. One thread: that of the driver.
 *
 * <p>A snapshot is due when the journal has grown by twice as much as the last one was large, so writing them costs half
 * as much as writing the journal at most, and opening a run never reads much more than three times its snapshot.
 */
public final class SnapshotKeeper {
    /** A journal that is not longer than this beyond the snapshot opens fast enough. */
    static final long GROWTH_BYTES_LEAST = 1 << 20;

    /** So much has to be new for a snapshot when the driver leaves. */
    static final long GROWTH_BYTES_AT_LEAVING = 128 << 10;

    private static final int MARK_BYTES = 4096;

    private final Disk disk;
    private final String version;
    private final RunFolder folder;
    private final List<Entry> ofRun = new ArrayList<>();
    private long coveredBytes;
    private long snapshotBytes;

    SnapshotKeeper(Disk disk, String version, RunFolder folder) {
        this.disk = disk;
        this.version = version;
        this.folder = folder;
    }

    SnapshotKeeper(Disk disk, String version, RunFolder folder, Snapshot last) throws IOException {
        this(disk, version, folder);
        ofRun.addAll(last.ofRun());
        coveredBytes = last.journalEnd();
        try (Disk.OpenFile file = disk.read(folder.snapshot())) {
            snapshotBytes = file.size();
        }
    }

    /** Takes notice of an entry that is on disk and folded into the state. */
    public void note(Entry entry) {
        Snapshot.kept(entry).ifPresent(ofRun::add);
    }

    /** Whether the journal has grown enough, to so many bytes. */
    public boolean isDue(long journalEnd) {
        return journalEnd - coveredBytes >= Math.max(GROWTH_BYTES_LEAST, 2 * snapshotBytes);
    }

    /** Whether a driver that leaves should write one. */
    public boolean isWorthwhile(long journalEnd) {
        return journalEnd - coveredBytes >= GROWTH_BYTES_AT_LEAVING;
    }

    /**
     * Writes a snapshot in place of the last one. It is not forced: one that a crash damages is not read.
     *
     * @param state folded up to that end of the journal, and all its entries noted
     * @throws IOException when the disk refuses; the last snapshot stays, and nothing is lost but time
     */
    public void write(RunState state, long journalEnd) throws IOException {
        int mark;
        try (Disk.OpenFile journal = disk.read(folder.journal())) {
            mark = Snapshot.markOf(before(journal, journalEnd));
        }
        byte[] bytes = new Snapshot(state, List.copyOf(ofRun), journalEnd, mark).encode(version);
        AtomicFile.write(disk, folder.snapshot(), bytes, AtomicFile.Durability.MAY_BE_LOST);
        coveredBytes = journalEnd;
        snapshotBytes = bytes.length;
    }

    /** Waits for as much growth as if a snapshot had been written now. */
    public void putOff(long journalEnd) {
        coveredBytes = journalEnd;
    }

    /** The bytes before a place. */
    static byte[] before(Disk.OpenFile file, long place) throws IOException {
        byte[] bytes = new byte[(int) Math.min(place, MARK_BYTES)];
        int count = file.read(bytes, place - bytes.length);
        return count == bytes.length ? bytes : Arrays.copyOf(bytes, count);
    }
}
