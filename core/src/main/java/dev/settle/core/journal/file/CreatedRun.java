package dev.settle.core.journal.file;

import dev.settle.core.file.Disk;
import dev.settle.core.journal.PlanCodec;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.Plan;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** A run that was just created: its creator knows what is on disk and need not read it. */
public final class CreatedRun {
    private final RunFolder folder;
    private final String json;
    private final Entry opened;
    private final long journalBytes;
    private @Nullable Plan plan;

    /**
     * @param json the plan as it was written
     * @param opened the only entry of the journal
     * @param journalBytes how long the journal is
     */
    CreatedRun(RunFolder folder, String json, Entry opened, long journalBytes) {
        this.folder = folder;
        this.json = json;
        this.opened = opened;
        this.journalBytes = journalBytes;
    }

    public RunFolder folder() {
        return folder;
    }

    /** The only entry of the journal. */
    public Entry opened() {
        return opened;
    }

    /** The run as {@link RunLoader#load} would load it; a fold of its own for each caller. */
    public LoadedRun load(Disk disk, String version) {
        LoadedRun run = at(disk, version, journalBytes);
        run.state().apply(opened);
        run.snapshots().note(opened);
        return run;
    }

    /** The run as {@link RunLoader#unread} would load it. */
    public LoadedRun unread(Disk disk, String version) {
        return at(disk, version, 0);
    }

    private LoadedRun at(Disk disk, String version, long end) {
        return new LoadedRun(
                new RunState(plan()), new JournalReader.Extent(end, false), new SnapshotKeeper(disk, version, folder));
    }

    /** The plan as it reads back from disk. */
    private Plan plan() {
        Plan known = plan;
        if (known == null) {
            try {
                known = PlanCodec.fromJson(json);
            } catch (IOException e) {
                throw new UncheckedIOException("a plan reads back as it is written", e);
            }
            plan = known;
        }
        return known;
    }
}
