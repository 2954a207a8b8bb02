package dev.settle.app.command;

import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.session.Runs;
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
import java.util.OptionalDouble;
import picocli.CommandLine.ParseResult;

/** What commands do for runs that a step queue feeds. */
final class Queues {
    private final App app;
    private final Runs runs;

    Queues(App app, Runs runs) {
        this.app = app;
        this.runs = runs;
    }

    static Options declare(Options options) {
        return options.value("--save-logs", "DIR", "Step queue: keep code, output and an index of every step there.")
                .flag("--apply-best", "Step queue: copy the best step's files here after a run that completed.")
                .value("--require-credits", "N", "Step queue: do not begin while the service has fewer credits.");
    }

    /** The plan with what the command line asks of its queue. */
    static Plan asked(Plan plan, ParseResult args, App app) {
        Optional<String> saveLogs = Options.text(args, "--save-logs")
                .map(dir ->
                        app.environment().directory().resolve(dir).normalize().toString());
        boolean applyBest = Options.has(args, "--apply-best");
        OptionalDouble required = Options.text(args, "--require-credits")
                .map(text -> OptionalDouble.of(credits("--require-credits", text)))
                .orElse(OptionalDouble.empty());
        if (plan.queue().isPresent()) {
            return plan.withQueue(plan.queue().get().withAsked(new QueueSpec.Asked(saveLogs, applyBest, required)));
        }
        for (String option : List.of("--save-logs", "--apply-best", "--require-credits")) {
            if (Options.has(args, option)) {
                throw Failure.usage(option + " goes with a run that a step queue feeds; this one has items of its own");
            }
        }
        return plan;
    }

    /** An amount of credits as an option names it. */
    static double credits(String option, String text) {
        try {
            double number = Double.parseDouble(text);
            if (number >= 0 && Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw Failure.usage(option + ": \"" + text + "\" is not a number; write " + option + " 10");
        }
        throw Failure.usage(option + ": " + text + " is no amount of credits; write " + option + " 10");
    }

    /** The queue of a run that is to be created here; empty for a run with items of its own. */
    Optional<StepQueue> open(Plan plan) {
        return open(plan, app.environment().directory(), StartMode.NEW);
    }

    /** The queue of a run that exists; empty for a run with items of its own. */
    Optional<StepQueue> open(RunState state, StartMode mode) {
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
    void close(StepQueue queue) {
        try {
            queue.close();
        } catch (IOException e) {
            app.console().notice("settle: the lock on the working directory could not be released: " + e.getMessage());
        }
    }

    static StepQueue.Context context(App app, Runs runs) {
        return new StepQueue.Context(
                app.environment().variables(),
                runs.home().root(),
                app.version(),
                "process " + app.wiring().pid() + " on " + app.wiring().host(),
                app.wiring().clock(),
                app.wiring().random());
    }

    /** The best step's files go into the user's directory where that was asked for and the run completed. */
    void applyBest(StepQueue queue, RunFolder folder, RunState state) {
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
