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

    /** The newest of them. */
    public RunList list(int most) {
        List<RunSummary> rows = new ArrayList<>();
        List<RunList.Unreadable> unreadable = new ArrayList<>();
        List<RunFolder> folders = runs.list();
        for (RunFolder folder : folders.subList(0, Math.min(most, folders.size()))) {
            try {
                rows.add(RunSummary.of(bare(folder, runs.look(folder))));
            } catch (UnknownWordException e) {
                unreadable.add(RunList.Unreadable.newer(folder.id().value(), String.valueOf(e.getMessage())));
            } catch (DamagedFileException e) {
                // One run that cannot be read hides none of the others.
                unreadable.add(RunList.Unreadable.damaged(
                        folder.id().value(), e.file().toString(), String.valueOf(e.getMessage())));
            } catch (IOException e) {
                if (e instanceof NoSuchFileException) {
                    // Removed meanwhile.
                    continue;
                }
                unreadable.add(RunList.Unreadable.damaged(
                        folder.id().value(), folder.path().toString(), String.valueOf(e.getMessage())));
            } catch (Failure e) {
                unreadable.add(RunList.Unreadable.damaged(
                        folder.id().value(), folder.path().toString(), e.lines().get(0)));
            }
        }
        rows.sort(Comparator.comparing(RunSummary::createdAt).reversed());
        return new RunList(rows, unreadable);
    }
}
