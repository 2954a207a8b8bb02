package dev.settle.core.journal.file;

import dev.settle.core.journal.Snapshot;
import dev.settle.core.plan.PlanCodec;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;

/** Opens a run: from its snapshot and what the journal has since, else from its plan and the whole journal. */
public final class RunLoader {
    private final Disk disk;
    private final String version;

    /** @param version of this settle; snapshots of another one are not read */
    public RunLoader(Disk disk, String version) {
        this.disk = disk;
        this.version = version;
    }

    /**
     * Opens a run to look at it. What a snapshot covers of the journal is not read, and damage there not found.
     *
     * @throws DamagedJournalException when the journal cannot be believed
     * @throws java.nio.file.NoSuchFileException when there is no such run
     */
    public LoadedRun load(RunFolder folder) throws IOException {
        Optional<Snapshot> snapshot = snapshot(folder);
        if (snapshot.isEmpty()) {
            return loadWithoutSnapshot(folder);
        }
        RunState state = snapshot.get().state();
        SnapshotKeeper keeper = new SnapshotKeeper(disk, version, folder, snapshot.get());
        return replay(folder, snapshot.get().journalEnd(), state, keeper);
    }

    /**
     * Opens a run to drive it, after its lease was taken: every line's checksum is looked at.
     *
     * @throws DamagedJournalException when the journal cannot be believed
     */
    public LoadedRun loadToDrive(RunFolder folder) throws IOException {
        JournalReader.check(disk, folder.journal());
        return load(folder);
    }

    /** A run before the first line of its journal, for those who tell it from the beginning. */
    public LoadedRun unread(RunFolder folder) throws IOException {
        try (Reader reader = Files.newBufferedReader(folder.plan(), StandardCharsets.UTF_8)) {
            return new LoadedRun(
                    new RunState(PlanCodec.read(reader)),
                    new JournalReader.Extent(0, false),
                    new SnapshotKeeper(disk, version, folder));
        }
    }

    private LoadedRun loadWithoutSnapshot(RunFolder folder) throws IOException {
        LoadedRun run = unread(folder);
        return replay(folder, 0, run.state(), run.snapshots());
    }

    private LoadedRun replay(RunFolder folder, long from, RunState state, SnapshotKeeper keeper) throws IOException {
        JournalReader.Extent extent =
                JournalReader.read(disk, folder.journal(), from, state.lastNumber(), (entry, end) -> {
                    state.apply(entry);
                    keeper.note(entry);
                });
        if (!state.isOpened()) {
            // A run is born with its first line: the machine lost what was forced.
            throw new DamagedJournalException(folder.journal(), 0, "it has no whole line");
        }
        return new LoadedRun(state, extent, keeper);
    }

    private Optional<Snapshot> snapshot(RunFolder folder) throws IOException {
        if (!disk.exists(folder.snapshot())) {
            return Optional.empty();
        }
        byte[] bytes;
        try (Disk.OpenFile file = disk.read(folder.snapshot())) {
            bytes = new byte[Math.toIntExact(file.size())];
            file.read(bytes, 0);
        }
        Optional<Snapshot> snapshot = Snapshot.decode(bytes, version);
        // The journal may have been cut back behind the snapshot, if the machine lost what was not forced.
        return snapshot.isPresent() && fits(folder, snapshot.get()) ? snapshot : Optional.empty();
    }

    private boolean fits(RunFolder folder, Snapshot snapshot) throws IOException {
        try (Disk.OpenFile journal = disk.read(folder.journal())) {
            return journal.size() >= snapshot.journalEnd()
                    && Snapshot.markOf(SnapshotKeeper.before(journal, snapshot.journalEnd())) == snapshot.mark();
        }
    }
}
