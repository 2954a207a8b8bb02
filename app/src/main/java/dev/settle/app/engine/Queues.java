package dev.settle.app.engine;

import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.Runs;
import dev.settle.app.stepqueue.StartMode;
import dev.settle.app.stepqueue.StepQueue;
import dev.settle.app.stepqueue.client.UnusableQueueException;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.Plan;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.run.RunState;
import dev.settle.core.run.StopReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What commands do for runs that a step queue feeds. */
public final class Queues {
    private final App app;
    private final Runs runs;

    public Queues(App app, Runs runs) {
        this.app = app;
        this.runs = runs;
    }

    /** The plan with what the command line asks of its queue. */
    public static Plan asked(Plan plan, QueueSpec.Asked asked) {
        if (plan.queue().isPresent()) {
            return plan.withQueue(plan.queue().get().withAsked(asked));
        }
        List<String> given = new ArrayList<>();
        asked.saveLogs().ifPresent(dir -> given.add("--save-logs"));
        if (asked.applyBest()) {
            given.add("--apply-best");
        }
        asked.requireCredits().ifPresent(credits -> given.add("--require-credits"));
        if (!given.isEmpty()) {
            throw Failure.usage(
                    given.get(0) + " goes with a run that a step queue feeds; this one has items of its own");
        }
        return plan;
    }

    /** The queue of a run that is to be created here; empty for a run with items of its own. */
    public Optional<StepQueue> open(Plan plan) {
        return open(plan, app.environment().directory(), StartMode.NEW);
    }

    /** The queue of a run that exists; empty for a run with items of its own. */
    public Optional<StepQueue> open(RunState state, StartMode mode) {
        return open(state.plan(), Path.of(state.opened().directory()), mode);
    }

    private Optional<StepQueue> open(Plan plan, Path directory, StartMode mode) {
        if (plan.queue().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(StepQueue.open(plan.queue().get(), directory, mode, context(app, runs)));
        } catch (UnusableQueueException e) {
            List<String> lines = new ArrayList<>(e.lines());
            if (mode == StartMode.NEW) {
                lines.add("nothing was created");
            }
            throw Failure.usage(lines.toArray(String[]::new));
        } catch (IOException e) {
            throw runs.cannotWrite(e);
        }
    }

    /** Lets the user's directory go, for the next who feeds a run from it. */
    public void close(StepQueue queue) {
        try {
            queue.close();
        } catch (IOException e) {
            app.console().notice("settle: the lock on the working directory could not be released: " + e.getMessage());
        }
    }

    public static StepQueue.Context context(App app, Runs runs) {
        return new StepQueue.Context(
                app.environment().variables(),
                runs.home().root(),
                app.version(),
                "process " + app.wiring().pid() + " on " + app.wiring().host(),
                app.wiring().clock(),
                app.wiring().random());
    }

    /** The best step's files go into the user's directory where that was asked for and the run completed. */
    public void applyBest(StepQueue queue, RunFolder folder, RunState state) {
        boolean asked = state.plan().queue().orElseThrow().asked().applyBest();
        if (!asked || state.ended().isEmpty()) {
            return;
        }
        if (state.ended().get().reason() != StopReason.COMPLETED) {
            app.console().notice("settle: --apply-best: nothing was written, because the run did not complete");
            return;
        }
        try {
            app.console().notice("settle: " + queue.applyBest(folder.path()));
        } catch (IOException e) {
            throw Failure.storage("--apply-best: the best step's files could not be written: " + e.getMessage());
        }
    }
}
