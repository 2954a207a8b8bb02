package dev.settle.app.dashboard;

import dev.settle.app.creation.BackgroundResume;
import dev.settle.app.creation.Reopening;
import dev.settle.app.creation.Replanning;
import dev.settle.app.creation.ResumeSelection;
import dev.settle.app.engine.Background;
import dev.settle.app.engine.InboxWatch;
import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.removal.Removal;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.JobEnvironment;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.RunId;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunState;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.RunView;
import dev.settle.core.view.html.dashboard.Handing;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the buttons do: as the commands of the same names do it, but nothing waits for the end. */
final class RunActions {
    private final Invocation invocation;
    private final App app;
    private final Runs runs;

    RunActions(Invocation invocation) {
        this.invocation = invocation;
        this.app = invocation.app();
        this.runs = invocation.runs();
    }

    /** Asks the process that manages the run to cancel it; a run that no process manages goes to the background for that. */
    String cancel(RunFolder folder, Optional<ItemId> item) {
        RunState state = runs.open(folder).state();
        String what = item.map(id -> "item " + id).orElse("run " + folder.id());
        boolean over = item.isPresent()
                ? state.item(item.get())
                        .map(Item::state)
                        .filter(s -> !s.isEnd())
                        .isEmpty()
                : state.ended().isPresent();
        if (over || state.ended().isPresent()) {
            return (item.isPresent() ? "Item " + item.get() : "Run " + folder.id())
                    + " has ended already; there is nothing to cancel.";
        }
        boolean driven = invocation.leases().isDriven(folder);
        if (!driven) {
            refuseFed(state, "cancel");
            JobEnvironment.requireSecrets(app.environment(), state);
        }
        try {
            InboxWatch.leave(
                    folder,
                    item.map(Set::of).orElse(Set.of()),
                    app.environment().user(),
                    name());
        } catch (IOException e) {
            throw Failure.storage("the request to cancel could not be written: " + e.getMessage());
        }
        if (!driven) {
            Background.leave(folder, state.plan(), app, runs);
        }
        return "Cancelling " + what + "; this page shows when that is settled.";
    }

    private String name() {
        return RunId.random(app.wiring().random()).value();
    }

    private static void refuseFed(RunState state, String what) {
        if (state.plan().queue().isPresent()) {
            throw Failure.usage(
                    "run " + state.id() + " is fed by a step queue, which only a command with its token can open",
                    "In a terminal: settle " + what + " " + state.id());
        }
    }

    String resume(RunFolder folder) throws InterruptedException {
        refuseFed(runs.open(folder).state(), "resume");
        boolean resumed = BackgroundResume.resume(
                folder,
                new Reopening.Request(
                        new Replanning.Changes(Map.of(), Replanning.Text.AS_ACCEPTED),
                        ResumeSelection.What.ALL,
                        Optional.empty(),
                        Optional.empty()),
                invocation);
        if (!resumed) {
            return "Nothing is left to run: the verdict of run " + folder.id() + " stands.";
        }
        return "Run " + folder.id() + " was resumed in the background; completed items are kept.";
    }

    /** @param view as it is now */
    String detach(RunFolder folder, RunView view) {
        switch (Handings.of(invocation, folder, view)) {
            case NONE -> {
                return "Run " + folder.id() + " needs no command to stay: "
                        + (view.isEnded() ? "it has ended." : "the background engine manages it.");
            }
            case CONTINUE -> {
                RunState state = runs.open(folder).state();
                JobEnvironment.requireSecrets(app.environment(), state);
                Background.leave(folder, state.plan(), app, runs);
                return "Run " + folder.id() + " continues in the background.";
            }
            case HAND_OVER -> {
                try {
                    InboxWatch.askToHandOver(folder, app.environment().user(), name());
                } catch (IOException e) {
                    throw Failure.storage("the request could not be written: " + e.getMessage());
                }
                return "The command that manages run " + folder.id() + " hands it over to the background.";
            }
        }
        throw new IllegalStateException(Handing.class.getName());
    }

    String delete(RunFolder folder) {
        Removal.Removed removed = new Removal(invocation).remove(folder, Removal.Unreadable.REFUSED);
        return "Run " + removed.id() + " was deleted; " + Amounts.bytes(removed.bytes()) + " were freed.";
    }
}
