package dev.settle.core.journal.file;

import dev.settle.core.file.Disk;
import dev.settle.core.journal.PlanCodec;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.Snapshot;
import dev.settle.core.journal.UnknownWordException;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** Opens a run: from its snapshot and what the journal has since, else from its plan and the whole journal. */
public final class RunLoader {
    /** A larger snapshot is not believed to be one: 100,000 items have 30 MB. */
    private static final long SNAPSHOT_BYTES_MAX = 512L << 20;

    private final Disk disk;
    private final String version;
    private final Consumer<String> notices;

    /** @param version of this settle; snapshots of another one are not read */
    public RunLoader(Disk disk, String version) {
        this(disk, version, notice -> {});
    }

    /**
     * The same, with somebody to tell.
     *
     * @param notices is told of a file that was damaged and could be done without
     */
    public RunLoader(Disk disk, String version, Consumer<String> notices) {
        this.disk = disk;
        this.version = version;
        this.notices = notices;
    }

    /**
     * Opens a run to look at it. What a snapshot covers of the journal is not read, and damage there not found.
     *
     * @throws DamagedFileException when a file of the run cannot be believed
     * @throws java.nio.file.NoSuchFileException when there is no such run
     */
    public LoadedRun load(RunFolder folder) throws IOException {
        return believed(folder, () -> {
            Checksums.check(disk, folder.path());
            Optional<Snapshot> snapshot = snapshot(folder);
            if (snapshot.isEmpty()) {
                return loadWithoutSnapshot(folder);
            }
            RunState state = snapshot.get().state();
            SnapshotKeeper keeper = new SnapshotKeeper(disk, version, folder, snapshot.get());
            return replay(folder, snapshot.get().journalEnd(), state, keeper);
        });
    }

    /**
     * Opens a run to drive it, after its lease was taken: every line's checksum is looked at.
     *
     * @throws DamagedFileException when a file of the run cannot be believed
     */
    public LoadedRun loadToDrive(RunFolder folder) throws IOException {
        believed(folder, () -> JournalReader.check(disk, folder.journal()));
        return load(folder);
    }

    /** A run before the first line of its journal, for those who tell it from the beginning. */
    public LoadedRun unread(RunFolder folder) throws IOException {
        return believed(folder, () -> {
            Checksums.check(disk, folder.path());
            return planned(folder);
        });
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    /** Tells a run that is not there from one whose files are not there, or cannot be read. */
    private static <T> T believed(RunFolder folder, Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (DamagedFileException | UnknownWordException e) {
            throw e;
        } catch (FileSystemException e) {
            if (!Files.isDirectory(folder.path())) {
                throw e;
            }
            Path file = e.getFile() == null ? folder.path() : Path.of(e.getFile());
            throw e instanceof NoSuchFileException
                    ? new DamagedFileException(file, "it is missing")
                    : e instanceof AccessDeniedException
                            ? new DamagedFileException(file, "there is no permission to read it")
                            : new DamagedFileException(file, String.valueOf(e.getReason()));
        } catch (IOException e) {
            throw new DamagedFileException(folder.path(), e);
        }
    }

    private LoadedRun planned(RunFolder folder) throws IOException {
        try (Reader reader = Files.newBufferedReader(regular(folder.plan()), StandardCharsets.UTF_8)) {
            return new LoadedRun(
                    new RunState(PlanCodec.read(reader)),
                    new JournalReader.Extent(0, false),
                    new SnapshotKeeper(disk, version, folder));
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Values check themselves where they are made: an id twice, a number that cannot be.
            throw new DamagedFileException(folder.plan(), e);
        }
    }

    /** A pipe in a file's place would be waited for. */
    private static Path regular(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new FileSystemException(file.toString(), null, "it is not a regular file");
        }
        return file;
    }

    private LoadedRun loadWithoutSnapshot(RunFolder folder) throws IOException {
        LoadedRun run = planned(folder);
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
        Optional<String> trouble = Optional.empty();
        Optional<Snapshot> snapshot = Optional.empty();
        try {
            byte[] bytes = bytes(folder.snapshot());
            snapshot = Snapshot.decode(bytes, version);
            if (snapshot.isEmpty() && !Snapshot.isSound(bytes)) {
                trouble = Optional.of("it is not what settle wrote (its checksum differs)");
            }
        } catch (IOException e) {
            trouble = Optional.of(String.valueOf(e.getMessage()));
        }
        trouble.ifPresent(why -> notices.accept(
                "snapshot " + folder.snapshot() + " is damaged: " + why + "; the whole journal is read in its place"));
        // The journal may have been cut back behind the snapshot, if the machine lost what was not forced.
        return snapshot.isPresent() && fits(folder, snapshot.get()) ? snapshot : Optional.empty();
    }

    private byte[] bytes(Path path) throws IOException {
        try (Disk.OpenFile file = disk.read(path)) {
            if (file.size() > SNAPSHOT_BYTES_MAX) {
                throw new IOException("it has " + file.size() + " bytes");
            }
            byte[] bytes = new byte[(int) file.size()];
            file.read(bytes, 0);
            return bytes;
        }
    }

    private boolean fits(RunFolder folder, Snapshot snapshot) throws IOException {
        try (Disk.OpenFile journal = disk.read(folder.journal())) {
            return journal.size() >= snapshot.journalEnd()
                    && Snapshot.markOf(SnapshotKeeper.before(journal, snapshot.journalEnd())) == snapshot.mark();
        }
    }
}
