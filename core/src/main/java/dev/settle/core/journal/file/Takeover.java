package dev.settle.core.journal.file;

import dev.settle.core.file.Disk;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.lease.Lease;
import dev.settle.core.journal.lease.LeaseAnswer;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Opens the journal of a run whose lease was taken, and keeps its snapshot up to date. */
public final class Takeover {
    private static final int COPY_BYTES = 1 << 20;

    private Takeover() {}

    /**
     * Opens the journal to write it, and makes room for the run's end.
     *
     * @param lease of the run, ours
     * @param run as it was loaded after the lease was taken; its state is the writer's to look at, and changes only by
     *     entries that are handed to the writer
     */
    public static JournalWriter open(Disk disk, RunFolder folder, Lease lease, LoadedRun run) throws IOException {
        if (lease.succession() == LeaseAnswer.Succession.ASSUMED && lease.isHeld()) {
            replaceByCopy(disk, folder, run.extent().end());
        }
        Reserve reserve = new Reserve(disk, folder.reserve());
        Disk.OpenFile file = disk.write(folder.journal());
        try {
            JournalWriter writer = JournalWriter.open(
                    file, run.extent().end(), run.state().lastNumber(), lease, reserve, new Snapshots(lease, run));
            reserve.keepIfPossible();
            return writer;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** Leaves a driver that may wake up with a file that nobody reads. */
    private static void replaceByCopy(Disk disk, RunFolder folder, long end) throws IOException {
        Path copy = folder.path().resolve("journal.copy");
        disk.delete(copy);
        try (Disk.OpenFile from = disk.read(folder.journal());
                Disk.OpenFile to = disk.create(copy)) {
            byte[] bytes = new byte[COPY_BYTES];
            for (long at = 0; at < end; at += bytes.length) {
                if (end - at < bytes.length) {
                    bytes = new byte[(int) (end - at)];
                }
                if (from.read(bytes, at) < bytes.length) {
                    throw new IOException("journal " + folder.journal() + " became shorter than " + end + " bytes");
                }
                to.write(bytes, at);
            }
            to.force();
        }
        disk.move(copy, folder.journal());
        disk.forceFolder(folder.path());
    }

    /** Writes snapshots when they are due. A run goes on without them: trouble only puts the next one off. */
    private static final class Snapshots implements JournalWriter.Listener {
        private final Lease lease;
        private final RunState state;
        private final SnapshotKeeper keeper;
        private long writtenNumber;

        Snapshots(Lease lease, LoadedRun run) {
            this.lease = lease;
            this.state = run.state();
            this.keeper = run.snapshots();
            this.writtenNumber = run.state().lastNumber();
        }

        @Override
        public void written(List<Entry> entries, long end) {
            for (Entry entry : entries) {
                keeper.note(entry);
                writtenNumber = entry.number();
            }
            if (keeper.isDue(end)) {
                write(end);
            }
        }

        @Override
        public void closing(long end) {
            if (keeper.isWorthwhile(end)) {
                write(end);
            }
        }

        private void write(long end) {
            // A state that has folded more than is on disk must not be kept as if it were.
            if (state.lastNumber() != writtenNumber) {
                return;
            }
            try {
                if (lease.isHeld()) {
                    keeper.write(state, end);
                }
            } catch (IOException e) {
                keeper.putOff(end);
            }
        }
    }
}
