package dev.settle.app.cli;

import dev.settle.app.engine.Adoption;
import dev.settle.app.foreign.ForeignJobs;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.reader.ItemFilter;
import dev.settle.app.reader.ReportFiles;
import dev.settle.app.reader.RunPresenter;
import dev.settle.app.reader.RunReader;
import dev.settle.app.reader.StopConditions;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.Item;
import dev.settle.core.run.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle watch}: follows a run until it ends, and drives it when nobody else does. */
final class WatchCommand implements Command {
    @Override
    public CommandSpec spec() {
        Options options = Options.of(
                "watch",
                "[RUN] [OPTIONS] | settle watch --job ID[,ID...] [OPTIONS]",
                "Follows a run until it ends, also one that ended long ago.");
        return ReportCommand.declareAtTheEnd(SharedOptions.declare(options))
                .values(
                        "--job",
                        "ID[,ID...]",
                        "Watch Slurm jobs that settle did not submit: 4711, 4711_3, 4711_[1-5], 4711+1.")
                .value(
                        List.of("-M", "--cluster", "--clusters"),
                        "NAME",
                        "With --job: the cluster that has the jobs; '4711;NAME' says it of one.")
                .flag("--job-exit-status", "With one item: exit with its exit code, or 128 + signal.")
                .flag("--exit-status", "Exit with the run's status; without it 0 when the run has ended.")
                .value("--timeout", "D", "Leave after so long with exit status 124; the run goes on.")
                .flag("--fail-fast", "Leave at the first failed item; the run goes on.")
                .values("--only", "ITEM", "Only these items, by id or wildcard; leave when they have ended.")
                .value("--after", "SEQ", "With --events: go on after the line with this seq.")
                .flag("--no-drive", "Only look: do not take over a run that nobody drives.")
                .words("RUN", "Id, beginning of an id, or name; default: the newest run.")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        SharedOptions options = SharedOptions.of(args, app);
        ReportFiles reports = ReportCommand.atTheEnd(args);
        List<String> words = Options.words(args);
        Optional<Instant> until = Options.duration(args, "--timeout")
                .map(timeout -> app.wiring().clock().instant().plus(timeout));
        ItemFilter only = new ItemFilter(Options.texts(args, "--only"));
        Invocation invocation = new Invocation(app);
        Runs runs = invocation.runs();
        RunReader reader = new RunReader(
                invocation,
                new Adoption(invocation, options.engine()),
                style(args, options),
                new StopConditions(
                        only,
                        only::haveEnded,
                        Options.has(args, "--fail-fast")
                                ? StopConditions.OnFailure.LEAVE
                                : StopConditions.OnFailure.GO_ON,
                        until,
                        options.engine().giveUpAfter()),
                Options.has(args, "--no-drive") ? RunReader.Unmanaged.LEAVE : RunReader.Unmanaged.TAKE_OVER,
                Options.has(args, "--exit-status") || Options.has(args, "--job-exit-status")
                        ? RunReader.Status.OF_RUN
                        : RunReader.Status.OF_WATCHING);
        List<String> jobs = Options.texts(args, "--job");
        if (jobs.isEmpty() && words.size() > 1) {
            throw Failure.usage("one run at a time, not " + words.size() + ": " + String.join(" ", words));
        }
        RunFolder folder = jobs.isEmpty()
                ? runs.find(words.stream().findFirst())
                : watched(invocation, options, until, jobs, words, Options.text(args, "--cluster"));
        if (!Options.has(args, "--job-exit-status")) {
            return reports.atTheEnd(reader.watch(folder), folder, invocation);
        }
        // Told before hours of watching, not after them.
        onlyItem(runs.open(folder));
        ExitStatus status = reports.atTheEnd(reader.watch(folder), folder, invocation);
        Runs.OpenRun run = runs.open(folder);
        return run.state().ended().isPresent() ? ofItem(run, status, app) : status;
    }

    /** How the run is shown, from where in an event stream on. */
    private static RunPresenter.Style style(ParseResult args, SharedOptions options) {
        Optional<String> after = Options.text(args, "--after");
        if (after.isEmpty()) {
            return options.style();
        }
        if (options.style().form() != RunPresenter.Form.EVENTS) {
            throw Failure.usage("--after goes with --events: it continues a stream of events");
        }
        try {
            long seq = Long.parseLong(after.get());
            if (seq >= 0) {
                return options.style().withAfter(seq);
            }
        } catch (NumberFormatException e) {
            throw Failure.usage(
                    "--after: \"" + after.get() + "\" is not a number; give the seq of the last line you have");
        }
        throw Failure.usage("--after: " + after.get() + " is not a seq; they begin with 1");
    }

    /** A run of jobs that somebody else submitted. */
    private static RunFolder watched(
            Invocation invocation,
            SharedOptions options,
            Optional<Instant> until,
            List<String> jobs,
            List<String> more,
            Optional<String> cluster)
            throws InterruptedException {
        List<String> ids = new ArrayList<>(jobs);
        // settle watch --job 1 2: the shell may have split what was one list.
        ids.addAll(more);
        Plan plan = new ForeignJobs(invocation, options.engine(), until).plan(ForeignJobs.parse(ids, cluster));
        return invocation
                .runs()
                .create(
                        invocation.configuration().withTopup(plan),
                        BackendName.SLURM,
                        invocation.app().version(),
                        true,
                        folder -> {})
                .folder();
    }

    private static Item onlyItem(Runs.OpenRun run) {
        List<Item> items = run.state().items();
        if (items.size() != 1) {
            throw Failure.usage(
                    "--job-exit-status goes with one item; run " + run.state().id() + " has " + items.size());
        }
        return items.get(0);
    }

    /** The exit status of the one item as its job had it; 128 and the signal's number as shells have it. */
    private static ExitStatus ofItem(Runs.OpenRun run, ExitStatus otherwise, App app) {
        Optional<Outcome> outcome = onlyItem(run).attempt().outcome();
        if (outcome.isEmpty()
                || (outcome.get().exitCode().isEmpty() && outcome.get().signal().isEmpty())) {
            return otherwise;
        }
        int code = outcome.get().signal().isPresent()
                ? 128 + outcome.get().signal().getAsInt()
                : outcome.get().exitCode().getAsInt();
        if (code != 0) {
            app.halt().accept(code);
        }
        // A code of 0 is no success by itself: the verdict may be unconfirmed, or not as expected.
        return otherwise;
    }
}
