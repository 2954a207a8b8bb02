package dev.settle.app.reader;

import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.CommandTally;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Outputs;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.UnknownWordException;
import dev.settle.core.journal.file.DamagedFileException;
import dev.settle.core.run.RunState;
import dev.settle.core.view.RunList;
import dev.settle.core.view.RunSummary;
import dev.settle.core.view.RunView;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What is on disk of the user's runs, as it is shown. */
public final class Views {
    private final App app;
    private final Runs runs;
    private final LeaseService owners;

    public Views(App app, Runs runs) {
        this.app = app;
        this.runs = runs;
        this.owners = new LeaseService(app, runs);
    }

    /** A run whose journal was read into {@code state}. */
    public RunView of(RunFolder folder, RunState state) {
        return bare(folder, state).withCommands(CommandTally.read(folder));
    }

    private RunView bare(RunFolder folder, RunState state) {
        return new RunView(
                state,
                owners.view(folder, state),
                Outputs.paths(requests(folder), state),
                app.wiring().clock().instant());
    }

    Runs runs() {
        return runs;
    }

    public Requests requests(RunFolder folder) {
        return new Requests(folder, app.environment().home());
    }

    /** All runs, newest first; summaries, not states: all runs of a year would not fit in memory. */
    public RunList list() {
        return list(Integer.MAX_VALUE);
    }

    /**
     * What can be said of one run; both are empty where it was removed meanwhile.
     *
     * @param view without the commands it has sent
     */
    public record Entry(Optional<RunView> view, Optional<RunList.Unreadable> unreadable) {
        private static Entry of(RunList.Unreadable run) {
            return new Entry(Optional.empty(), Optional.of(run));
        }
    }

    /** Reads a run for a list: one that cannot be read hides none of the others. */
    public Entry entry(RunFolder folder) {
        String id = folder.id().value();
        try {
            return new Entry(Optional.of(bare(folder, runs.look(folder))), Optional.empty());
        } catch (UnknownWordException e) {
            return Entry.of(RunList.Unreadable.newer(id, String.valueOf(e.getMessage())));
        } catch (DamagedFileException e) {
            return Entry.of(RunList.Unreadable.damaged(id, e.file().toString(), String.valueOf(e.getMessage())));
        } catch (NoSuchFileException e) {
            // Removed meanwhile.
            return new Entry(Optional.empty(), Optional.empty());
        } catch (IOException e) {
            return Entry.of(RunList.Unreadable.damaged(id, folder.path().toString(), String.valueOf(e.getMessage())));
        } catch (Failure e) {
            return Entry.of(RunList.Unreadable.damaged(
                    id, folder.path().toString(), e.lines().get(0)));
        }
    }

    /** The newest of them. */
    public RunList list(int most) {
        List<RunSummary> rows = new ArrayList<>();
        List<RunList.Unreadable> unreadable = new ArrayList<>();
        List<RunFolder> folders = runs.list();
        for (RunFolder folder : folders.subList(0, Math.min(most, folders.size()))) {
            Entry entry = entry(folder);
            entry.view().map(RunSummary::of).ifPresent(rows::add);
            entry.unreadable().ifPresent(unreadable::add);
        }
        rows.sort(Comparator.comparing(RunSummary::createdAt).reversed());
        return new RunList(rows, unreadable);
    }
}
