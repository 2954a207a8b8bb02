package dev.settle.app.cli;

import dev.settle.app.creation.NewRuns;
import dev.settle.app.creation.Replanning;
import dev.settle.app.creation.ResumeSelection;
import dev.settle.app.engine.Adoption;
import dev.settle.app.engine.backend.Backends;
import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.reader.ReportFiles;
import dev.settle.app.reader.RunReader;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.JobEnvironment;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Runs;
import dev.settle.app.stepqueue.StartMode;
import dev.settle.app.stepqueue.StepQueue;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.lease.LeaseInfo;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.StopReason;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle resume}: goes on with an interrupted, failed or cancelled run under the same id. */
final class ResumeCommand implements Command {
    @Override
    public CommandSpec spec() {
        Options options = Options.of(
                "resume",
                "[RUN] [OPTIONS]",
                "Goes on with a run: good verdicts are kept, the rest gets a new attempt; the exit status is the run's.");
        return ReportCommand.declareAtTheEnd(declareChanges(SharedOptions.declare(options)))
                .flag("--failed-only", "Only what failed or was cancelled, and what depends on it.")
                .value("--from", "ITEM", "Also run ITEM again, and all that depends on it, however they ended.")
                .value("--cpu-hours", "H", "Raise the run's budget to so many CPU hours in all.")
                .flag("--cancel-on-exit", "Cancel the run when a signal ends this command.")
                .word("RUN", "Id, beginning of an id, or name; default: the newest run.")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        SharedOptions options = SharedOptions.of(args, app);
        ReportFiles reports = ReportCommand.atTheEnd(args);
        Invocation invocation = new Invocation(app);
        Adoption adoption = new Adoption(invocation, options.engine());
        RunReader reader = RunReader.toTheEnd(invocation, adoption, options.style());
        Runs runs = invocation.runs();
        RunFolder folder = runs.find(Options.words(args).stream().findFirst());
        LeaseService.Owned lease =
                invocation.leases().take(folder).orElseThrow(() -> alive(folder, invocation.leases()));
        Optional<List<RunEvent>> opening = Optional.empty();
        Optional<StepQueue> feeding = Optional.empty();
        try {
            RunState state = runs.open(folder).state();
            Optional<List<RunEvent>> goesOn = opening(args, invocation, state);
            if (goesOn.isPresent()) {
                keepEnvironment(app, runs, folder, state);
                feeding = adoption.queues().open(state, StartMode.RESUMED);
            }
            opening = goesOn;
        } finally {
            if (opening.isEmpty()) {
                lease.close();
            }
        }
        if (opening.isEmpty()) {
            // Nothing is left to run: the verdict, after one more query about what nobody confirmed.
            return reports.atTheEnd(reader.watch(folder), folder, invocation);
        }
        ExitStatus status =
                reader.managed(folder, lease, opening.get(), SharedOptions.onSignal(args, feeding), feeding);
        return reports.atTheEnd(status, folder, invocation);
    }

    private static Replanning.Changes changes(ParseResult args) {
        Map<String, String> resources = new LinkedHashMap<>();
        for (String name : Replanning.RESOURCE_OPTIONS) {
            Options.text(args, "--" + name).ifPresent(value -> resources.put(name, value));
        }
        return new Replanning.Changes(
                resources, Options.has(args, "--refresh") ? Replanning.Text.AS_IT_IS_NOW : Replanning.Text.AS_ACCEPTED);
    }

    private static Options declareChanges(Options options) {
        return options.flag("--refresh", "Take the run file or script as it is now; what completed is kept.")
                .value("--cpus", "N", "New attempts: cores.")
                .value("--memory", "SIZE", "New attempts: memory, such as 2G.")
                .value("--time", "D", "New attempts: the scheduler's time limit.")
                .value("--partition", "NAME", "New attempts: partition.")
                .value("--account", "NAME", "New attempts: account.")
                .value("--qos", "NAME", "New attempts: QOS.");
    }

    /** A resume is where a user fixes what his jobs lacked: a module, a path, an activated environment. */
    private static void keepEnvironment(App app, Runs runs, RunFolder folder, RunState state) {
        if (state.plan().queue().isPresent() || state.opened().watched()) {
            return;
        }
        try {
            JobEnvironment.keep(runs.disk(), folder, app.environment());
        } catch (IOException e) {
            throw runs.cannotGoOn(folder, e);
        }
    }

    /** What the journal goes on with; empty when there is nothing to go on with. */
    private static Optional<List<RunEvent>> opening(ParseResult args, Invocation invocation, RunState state) {
        App app = invocation.app();
        Optional<RunEvent.Replanned> replanned =
                Replanning.of(changes(args), invocation, state).event();
        Optional<ItemId> from = Options.text(args, "--from").map(word -> item(state, word));
        OptionalDouble budget = budget(args, state);
        if (state.ended().isEmpty()) {
            if (from.isPresent() || Options.has(args, "--failed-only") || budget.isPresent()) {
                throw Failure.usage(
                        "run " + state.id()
                                + " has not ended: --from, --failed-only and --cpu-hours go with one that has",
                        "settle resume " + state.id() + " drives it on");
            }
            // A queue's run that was being stopped when its driver died is not to be stopped any more.
            boolean revived =
                    state.plan().queue().isPresent() && state.stopping().isPresent();
            Instant now = app.wiring().clock().instant();
            List<RunEvent> events = new ArrayList<>();
            if (revived) {
                events.add(new RunEvent.Resumed(app.environment().user(), now));
            }
            replanned.ifPresent(events::add);
            return Optional.of(events);
        }
        boolean completed = state.ended().get().reason() == StopReason.COMPLETED;
        if (completed
                && from.isEmpty()
                && replanned.filter(event -> !event.items().isEmpty()).isEmpty()) {
            return Optional.empty();
        }
        new NewRuns(
                        invocation,
                        new Backends(Optional.empty(), invocation.configuration(), app.environment()),
                        EngineOptions.DEFAULT)
                .refuseSecond(state.plan());
        ResumeSelection reopening = new ResumeSelection(
                state, Options.has(args, "--failed-only") ? ResumeSelection.What.FAILED : ResumeSelection.What.ALL);
        Instant now = app.wiring().clock().instant();
        return reopening.events(from, resumed(app, state, now, budget, replanned), replanned);
    }

    private static RunEvent.Resumed resumed(
            App app, RunState state, Instant now, OptionalDouble budget, Optional<RunEvent.Replanned> replanned) {
        OptionalDouble before = state.plan().budgetCpuHours();
        OptionalDouble read = replanned
                .flatMap(RunEvent.Replanned::refreshed)
                .map(Plan::budgetCpuHours)
                .orElse(before);
        return new RunEvent.Resumed(
                app.environment().user(), now, budget.isEmpty() && !read.equals(before) ? read : budget);
    }

    /** Only where the run has one: what it has spent was not looked at otherwise. */
    private static OptionalDouble budget(ParseResult args, RunState state) {
        Optional<String> text = Options.text(args, "--cpu-hours");
        if (text.isEmpty()) {
            return OptionalDouble.empty();
        }
        if (state.budgetCpuHours().isEmpty()) {
            throw Failure.usage("--cpu-hours: run " + state.id() + " has no budget to raise");
        }
        try {
            double hours = new BigDecimal(text.get()).doubleValue();
            if (hours > 0 && Double.isFinite(hours)) {
                return OptionalDouble.of(hours);
            }
        } catch (NumberFormatException e) {
            throw Failure.usage("--cpu-hours: \"" + text.get() + "\" is not a number; write --cpu-hours 200");
        }
        throw Failure.usage("--cpu-hours: " + text.get() + " is not a number above 0; write --cpu-hours 200");
    }

    private static ItemId item(RunState state, String word) {
        if (ItemId.isLegal(word) && state.item(new ItemId(word)).isPresent()) {
            return new ItemId(word);
        }
        throw Failure.notFound(
                "run " + state.id() + " has no item '" + word + "'",
                "settle status " + state.id() + " shows its items");
    }

    private static Failure alive(RunFolder folder, LeaseService owners) {
        // Whoever has just taken the run may not have written its name yet; that of a dead driver would mislead.
        Optional<LeaseInfo> holder = owners.holder(folder).filter(info -> info.alive() != LeaseInfo.Alive.NO);
        String who = holder.isEmpty()
                ? "another command, which has just taken it,"
                : "process " + holder.get().driver().pid() + " on "
                        + holder.get().driver().host() + " (since "
                        + holder.get().since() + ")";
        return Failure.usage(
                "run " + folder.id() + " is alive: " + who + " drives it",
                "settle watch " + folder.id() + " follows it");
    }
}
