package dev.settle.core.journal.file;

import dev.settle.core.environment.RawText;
import dev.settle.core.file.Disk;
import dev.settle.core.journal.JournalLine;
import dev.settle.core.journal.PlanCodec;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.Plan;
import dev.settle.core.model.RunId;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * A run that is being created, in a folder that nobody looks into until it is complete, on disk, and renamed.
 *
 * <p>A creator that dies leaves a folder {@code .new-ID}, which is no run.
 */
public final class RunDraft {
    public static final String PREFIX = ".new-";

    private final Disk disk;
    private final RunFolder folder;
    private final Path target;
    private final String plan;
    private final Entry opened;
    private final byte[] journal;

    private RunDraft(Disk disk, RunFolder folder, Path target, String plan, Entry opened) {
        this.disk = disk;
        this.folder = folder;
        this.target = target;
        this.plan = plan;
        this.opened = opened;
        this.journal = JournalLine.encode(List.of(opened));
    }

    /**
     * Writes a run's first files, all forced: plan, name, reserve, and the journal with its first line.
     *
     * @throws java.nio.file.FileAlreadyExistsException when the id is taken; take another one
     * @throws IOException when the disk refuses; what was written is removed again
     */
    public static RunDraft create(Disk disk, StateHome home, Plan plan, RunEvent.Opened opened, Instant at)
            throws IOException {
        RunId id = opened.run();
        home.create();
        Path target = home.folder(id).path();
        if (Files.exists(target)) {
            throw new java.nio.file.FileAlreadyExistsException(target.toString());
        }
        Path path = home.runs().resolve(PREFIX + id);
        disk.makeFolder(path);
        RunDraft draft = new RunDraft(
                disk, new RunFolder(path), target, RawText.inJson(PlanCodec.toJson(plan)), new Entry(1, at, opened));
        try {
            draft.fill(opened.name());
        } catch (IOException | RuntimeException e) {
            draft.discardAfter(e);
            throw e;
        }
        return draft;
    }

    private void fill(String name) throws IOException {
        disk.makeFolder(folder.items());
        disk.makeFolder(folder.records());
        disk.makeFolder(folder.scripts());
        write(folder.plan(), plan.getBytes(StandardCharsets.UTF_8));
        write(folder.name(), name.getBytes(StandardCharsets.UTF_8));
        write(folder.journal(), journal);
        new Reserve(disk, folder.reserve()).keep();
        disk.forceFolder(folder.path());
    }

    /** The folder as it is now, for whoever has to prepare more before the run shows, such as taking its lease. */
    public RunFolder folder() {
        return folder;
    }

    /**
     * Makes the run visible, in one step and for good; what was put into the folder is what its checksums say from now on.
     *
     * @throws IOException when the disk refuses, or the id was taken meanwhile; the run does not exist then
     */
    public CreatedRun publish() throws IOException {
        try {
            Checksums.write(disk, folder.path());
            disk.forceFolder(folder.path());
            disk.move(folder.path(), target);
        } catch (IOException | RuntimeException e) {
            discardAfter(e);
            throw e;
        }
        try {
            disk.forceFolder(target.resolveSibling("."));
        } catch (IOException e) {
            takeBack(e);
        }
        return new CreatedRun(new RunFolder(target), plan, opened, journal.length);
    }

    /** A run whose name may be lost with the power is not begun; unless the disk does not even take it back. */
    private void takeBack(IOException cause) throws IOException {
        try {
            disk.move(target, folder.path());
        } catch (IOException e) {
            // It exists, so nobody may be told otherwise: its journal will say what is wrong with the disk.
            return;
        }
        discardAfter(cause);
        throw cause;
    }

    /** Removes the draft. */
    public void discard() throws IOException {
        StateHome.removeTree(disk, folder.path());
    }

    /** Removes the draft after some other trouble, which is the one to report. */
    public void discardAfter(Exception cause) {
        try {
            discard();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private void write(Path path, byte[] bytes) throws IOException {
        try (Disk.OpenFile file = disk.create(path)) {
            file.write(bytes, 0);
            file.force();
        }
    }
}
