package dev.settle.app.cli;

import dev.settle.app.engine.Adoption;
import dev.settle.app.foreign.ForeignJobs;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.reader.ItemFilter;
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
                        "Follows a run until it ends; works for runs that ended long ago, too.")
                .flag("--exit-status", "Exit with the run's status; without it, with 0 when the run has ended.")
                .value("--timeout", "D", "Stop watching after D, with exit status 124; the run continues.")
                .flag("--fail-fast", "Stop watching at the first failed item; the run continues.")
                .values("--only", "ITEM", "Only these items, by id or wildcard; stop when they have ended.")
                .flag("--no-drive", "Only watch; do not take over a stalled run.")
                .values(
                        "--job",
                        "ID[,ID...]",
                        "Watch Slurm jobs that settle did not submit: 4711, 4711_3, 4711_[1-5], 4711+1.")
                .value(
                        List.of("-M", "--cluster", "--clusters"),
                        "NAME",
                        "With --job: the cluster that has the jobs; '4711;NAME' names it for one job.")
                .flag("--job-exit-status", "For one item: exit with its exit code, or 128 + signal.")
                .words("RUN", "Id, unique prefix of an id, or name. Default: the newest run.")
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
        return SharedOptions.declare(options)
                .under(Options.ACCEPTED)
                .value("--backend", "local|slurm", "A run knows its backend.")
                .under(Options.OWN)
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        SharedOptions options = SharedOptions.of(args, app);
        List<String> words = Options.words(args);
        Optional<Instant> until = Options.duration(args, "--timeout")
                .map(timeout -> app.wiring().clock().instant().plus(timeout));
        ItemFilter only = new ItemFilter(Options.texts(args, "--only"));
        Invocation invocation = new Invocation(app);
        Runs runs = invocation.runs();
        RunReader reader = new RunReader(
                invocation,
                new Adoption(invocation, options.engine()),
                options.style(),
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
            return reader.watch(folder);
        }
        // Told before hours of watching, not after them.
        onlyItem(runs.open(folder));
        ExitStatus status = reader.watch(folder);
        Runs.OpenRun run = runs.open(folder);
        return run.state().ended().isPresent() ? ofItem(run, status, app) : status;
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
