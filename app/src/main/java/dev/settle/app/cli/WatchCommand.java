package dev.settle.app.cli;

import dev.settle.app.engine.Adoption;
import dev.settle.app.foreign.ForeignJobs;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.reader.FollowUp;
import dev.settle.app.reader.ItemFilter;
import dev.settle.app.reader.ReadingStatus;
import dev.settle.app.reader.ReportFiles;
import dev.settle.app.reader.RunPresenter;
import dev.settle.app.reader.RunReader;
import dev.settle.app.reader.RunsReader;
import dev.settle.app.reader.StopConditions;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.RunId;
import dev.settle.core.run.Item;
import dev.settle.core.run.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code settle watch}: follows runs until they end, and drives those that nobody else does. {@code settle wait} is the same
 * with the exit status of the runs, and silent while all is well.
 */
final class WatchCommand implements Command {
    /** Under which name it was called. */
    enum Kind {
        WATCH,
        WAIT
    }

    /** They say what is watched; the run's id says it from then on. */
    private static final Set<String> NAMING_JOBS = Set.of("--job", "--clusters");

    private final Kind kind;

    WatchCommand(Kind kind) {
        this.kind = kind;
    }

    @Override
    public CommandSpec spec() {
        return switch (kind) {
            case WATCH -> ofWatch();
            case WAIT -> ofWait();
        };
    }

    private static CommandSpec ofWatch() {
        Options options = Options.of(
                        "watch",
                        "[RUN...] [OPTIONS] | settle watch --job ID[,ID...] [OPTIONS]",
                        "Follows runs until they end, also those that ended long ago; of several runs the exit status is"
                                + " the worst.")
                .flag("--exit-status", "Exit with the run's status; without it, with 0 when the run has ended.")
                .value("--after", "SEQ", "With --events: continue after the line with this seq.")
                .values(
                        "--job",
                        "ID[,ID...]",
                        "Watch Slurm jobs that settle did not submit: 4711, 4711_3, 4711_[1-5], 4711+1.")
                .value(
                        List.of("-M", "--cluster", "--clusters"),
                        "NAME",
                        "With --job: the cluster that has the jobs; '4711;NAME' names it for one job.")
                .flag("--job-exit-status", "For one item: exit with its exit code, or 128 + signal.")
                .examples(
                        "settle watch nightly --exit-status --timeout 10m",
                        "settle watch --exit-status --job $(sbatch --parsable job.sh)")
                .exit(ExitStatus.COMPLETED, "the run has ended; with --exit-status, it completed")
                .exit(ExitStatus.ITEMS_FAILED, "with --exit-status: an item failed, was cancelled or did not start")
                .exit(ExitStatus.INTERRUPTED, "with --exit-status: the run was interrupted or cancelled")
                .exit(ExitStatus.UNCONFIRMED, "with --exit-status: nothing failed, but a verdict is unconfirmed")
                .exits(
                        ExitStatus.NOT_FOUND,
                        ExitStatus.SCHEDULER_UNREACHABLE,
                        ExitStatus.STORAGE_FAILED,
                        ExitStatus.TIMED_OUT);
        return ReportCommand.declareAtTheEnd(SharedOptions.declare(declareConditions(options)))
                .under(Options.ACCEPTED)
                .value("--backend", "local|slurm", "A run knows its backend.")
                .under(Options.OWN)
                .spec();
    }

    private static CommandSpec ofWait() {
        Options options = Options.of(
                        "wait",
                        "[RUN...] [OPTIONS]",
                        "Waits until runs have ended and exits with their status, the worst of several; prints nothing"
                                + " unless one did not complete.")
                .under(Options.OUTPUT)
                .flag("--json", "Write the run document at the end; of several runs, a list of them.")
                .under(Options.OWN)
                .examples("settle wait nightly", "settle wait --timeout 1h k3v9q2m7 p00hzh2n")
                .exits(
                        ExitStatus.COMPLETED,
                        ExitStatus.ITEMS_FAILED,
                        ExitStatus.INTERRUPTED,
                        ExitStatus.UNCONFIRMED,
                        ExitStatus.NOT_FOUND,
                        ExitStatus.SCHEDULER_UNREACHABLE,
                        ExitStatus.TIMED_OUT);
        return declareConditions(SharedOptions.declareEngine(options)).spec();
    }

    private static Options declareConditions(Options options) {
        return options.value("--timeout", "D", "Stop watching after D, with exit status 124; the run continues.")
                .flag("--fail-fast", "Stop watching at the first failed item; the run continues.")
                .values("--only", "ITEM", "Only these items, by id or wildcard; stop when they have ended.")
                .flag("--no-drive", "Only watch; do not take over a stalled run.")
                .values("--fetch", "GLOB", PlanOptions.FETCH)
                .words("RUN", "Ids, unique prefixes of ids, or names. Default: the newest run.");
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        PlanOptions.refuseWithoutHost(args);
        SharedOptions options = SharedOptions.of(args, app);
        ReportFiles reports = ReportCommand.atTheEnd(args);
        List<String> words = Options.words(args);
        Optional<Instant> until = Options.duration(args, "--timeout")
                .map(timeout -> app.wiring().clock().instant().plus(timeout));
        Invocation invocation = new Invocation(app);
        Runs runs = invocation.runs();
        List<String> jobs = Options.texts(args, "--job");
        List<RunFolder> folders = jobs.isEmpty()
                ? named(runs, words)
                : List.of(watched(invocation, options, until, jobs, words, Options.text(args, "--cluster")));
        runs.noteForClient(folders);
        RunPresenter.Style style = style(asked(args, options), folders.size());
        FollowUp followUp = new FollowUp(
                kind.name().toLowerCase(Locale.ROOT), Options.given(args, name -> !NAMING_JOBS.contains(name)));
        if (folders.size() > 1) {
            refuseForSeveral(args, folders);
            return RunsReader.watch(
                    invocation,
                    style.form(),
                    folders,
                    followUp,
                    () -> reader(args, invocation, options, style, until, followUp));
        }
        RunReader reader = reader(args, invocation, options, style, until, followUp);
        RunFolder folder = folders.get(0);
        if (!Options.has(args, "--job-exit-status")) {
            return reports.atTheEnd(reader.watch(folder), folder, invocation);
        }
        // Told before hours of watching, not after them.
        onlyItem(runs.open(folder));
        ExitStatus status = reports.atTheEnd(reader.watch(folder), folder, invocation);
        Runs.OpenRun run = runs.open(folder);
        return run.state().ended().isPresent() ? ofItem(run, status, app) : status;
    }

    /** The runs, each once, in the order in which they were named; without a name the newest. */
    private static List<RunFolder> named(Runs runs, List<String> words) {
        if (words.isEmpty()) {
            return List.of(runs.find(Optional.empty()));
        }
        Map<RunId, RunFolder> named = new LinkedHashMap<>();
        for (String word : words) {
            RunFolder folder = runs.find(Optional.of(word));
            named.putIfAbsent(folder.id(), folder);
        }
        return List.copyOf(named.values());
    }

    private RunPresenter.Style style(RunPresenter.Style asked, int count) {
        RunPresenter.Form form = asked.form();
        if (kind == Kind.WAIT && form != RunPresenter.Form.JSON) {
            form = RunPresenter.Form.QUIET;
        } else if (count > 1 && form == RunPresenter.Form.LIVE) {
            form = RunPresenter.Form.PLAIN;
        }
        return new RunPresenter.Style(form, asked.ink(), asked.after());
    }

    private static void refuseForSeveral(ParseResult args, List<RunFolder> folders) {
        for (String name : List.of("--events", "--job-exit-status", "--html", "--junit")) {
            if (Options.has(args, name)) {
                throw Failure.usage(
                        name + " is about one run, not about " + folders.size(),
                        "Watch each run with a command of its own.");
            }
        }
        if (folders.size() > RunsReader.RUNS_MAX) {
            throw Failure.usage(
                    "at most " + RunsReader.RUNS_MAX + " runs can be watched at once, not " + folders.size());
        }
    }

    private RunReader reader(
            ParseResult args,
            Invocation invocation,
            SharedOptions options,
            RunPresenter.Style style,
            Optional<Instant> until,
            FollowUp followUp) {
        ItemFilter only = new ItemFilter(Options.texts(args, "--only"));
        boolean ofRun =
                kind == Kind.WAIT || Options.has(args, "--exit-status") || Options.has(args, "--job-exit-status");
        return new RunReader(
                invocation,
                new Adoption(invocation, options.engine()),
                style,
                new StopConditions(
                        only,
                        only::haveEnded,
                        Options.has(args, "--fail-fast")
                                ? StopConditions.OnFailure.LEAVE
                                : StopConditions.OnFailure.GO_ON,
                        until,
                        options.engine().giveUpAfter()),
                Options.has(args, "--no-drive") ? RunReader.Unmanaged.LEAVE : RunReader.Unmanaged.TAKE_OVER,
                ofRun ? ReadingStatus.Of.RUN : ReadingStatus.Of.WATCHING,
                followUp);
    }

    /** How the run is shown, from where in an event stream on. */
    private static RunPresenter.Style asked(ParseResult args, SharedOptions options) {
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
        ForeignJobs foreign = new ForeignJobs(invocation, options.engine(), until);
        return foreign.run(foreign.plan(ForeignJobs.parse(ids, cluster)));
    }

    private static Item onlyItem(Runs.OpenRun run) {
        List<Item> items = run.state().items();
        if (items.size() != 1) {
            throw Failure.usage(
                    "--job-exit-status is for one item; run " + run.state().id() + " has " + items.size());
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
