package dev.settle.app.cli;

import dev.settle.app.creation.Reopening;
import dev.settle.app.creation.Replanning;
import dev.settle.app.creation.ResumeSelection;
import dev.settle.app.engine.Adoption;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.reader.ReportFiles;
import dev.settle.app.reader.RunReader;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Runs;
import dev.settle.app.stepqueue.StartMode;
import dev.settle.app.stepqueue.StepQueue;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle resume}: goes on with an interrupted, failed or cancelled run under the same id. */
final class ResumeCommand implements Command {
    @Override
    public CommandSpec spec() {
        Options options = Options.of(
                        "resume",
                        "[RUN] [OPTIONS]",
                        "Resumes a run: completed items are kept, the rest run again; the exit status is the run's.")
                .flag("--failed-only", "Only what failed or was cancelled, and what depends on it.")
                .value("--from", "ITEM", "Also rerun ITEM and all that depends on it, however they ended.")
                .flag("--refresh", "Take the run file or script as it is now; completed items are kept.")
                .value("--cpu-hours", "H", "Raise the run's budget to H CPU hours in all.")
                .flag("--cancel-on-exit", "Cancel the run when a signal ends this command.")
                .values("--fetch", "GLOB", PlanOptions.FETCH)
                .word("RUN", "Id, unique prefix of an id, or name. Default: the newest run.")
                .examples("settle resume nightly", "settle resume nightly --memory 8G --time 2h")
                .exits(
                        ExitStatus.COMPLETED,
                        ExitStatus.ITEMS_FAILED,
                        ExitStatus.USAGE,
                        ExitStatus.INTERRUPTED,
                        ExitStatus.UNCONFIRMED,
                        ExitStatus.NOT_FOUND,
                        ExitStatus.SCHEDULER_UNREACHABLE,
                        ExitStatus.STORAGE_FAILED);
        return ReportCommand.declareAtTheEnd(SharedOptions.declare(declareResources(options)))
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        PlanOptions.refuseWithoutHost(args);
        SharedOptions options = SharedOptions.of(args, app);
        ReportFiles reports = ReportCommand.atTheEnd(args);
        Invocation invocation = new Invocation(app);
        Adoption adoption = new Adoption(invocation, options.engine());
        RunReader reader = RunReader.toTheEnd(invocation, adoption, options.style(), SharedOptions.followUp(args));
        Runs runs = invocation.runs();
        RunFolder folder = runs.find(Options.words(args).stream().findFirst());
        runs.noteForClient(List.of(folder));
        LeaseService.Owned lease = Reopening.take(folder, invocation.leases());
        Optional<List<RunEvent>> opening = Optional.empty();
        Optional<StepQueue> feeding = Optional.empty();
        try {
            RunState state = runs.open(folder).state();
            Optional<List<RunEvent>> goesOn = Reopening.opening(request(args), invocation, state);
            if (goesOn.isPresent()) {
                Reopening.keepEnvironment(app, runs, folder, state);
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

    private static Reopening.Request request(ParseResult args) {
        return new Reopening.Request(
                changes(args),
                Options.has(args, "--failed-only") ? ResumeSelection.What.FAILED : ResumeSelection.What.ALL,
                Options.text(args, "--from"),
                Options.text(args, "--cpu-hours"));
    }

    private static Replanning.Changes changes(ParseResult args) {
        Map<String, String> resources = new LinkedHashMap<>();
        for (String name : Replanning.RESOURCE_OPTIONS) {
            Options.text(args, "--" + name).ifPresent(value -> resources.put(name, value));
        }
        return new Replanning.Changes(
                resources, Options.has(args, "--refresh") ? Replanning.Text.AS_IT_IS_NOW : Replanning.Text.AS_ACCEPTED);
    }

    private static Options declareResources(Options options) {
        return options.under(Options.NEW_ATTEMPTS)
                .value("--cpus", "N", "Cores.")
                .value("--memory", "SIZE", "Memory, such as 2G.")
                .value("--time", "D", "The scheduler's time limit.")
                .value("--partition", "NAME", "The partition.")
                .value("--account", "NAME", "The account that is charged.")
                .value("--qos", "NAME", "The quality of service.")
                .under(Options.OWN);
    }
}
