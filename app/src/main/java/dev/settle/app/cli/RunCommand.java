package dev.settle.app.cli;

import dev.settle.app.creation.NewRuns;
import dev.settle.app.creation.PlanReader;
import dev.settle.app.engine.Adoption;
import dev.settle.app.engine.Queues;
import dev.settle.app.engine.backend.Backends;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.reader.ReportFiles;
import dev.settle.app.reader.RunPresenter;
import dev.settle.app.reader.RunReader;
import dev.settle.app.runs.Invocation;
import dev.settle.app.stepqueue.StepQueue;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle run}: creates a run and drives it in the foreground until it ends. */
final class RunCommand implements Command {
    @Override
    public CommandSpec spec() {
        Options options = Options.of(
                        "run",
                        "[OPTIONS] FILE | settle run [OPTIONS] SCRIPT [ARG...] | settle run [OPTIONS] -- CMD ARG...",
                        "Creates a run and sees it through to its end; the exit status is the run's.")
                .flag("--cancel-on-exit", "Cancel the run when a signal ends this command.")
                .flag("--no-output", "Do not show what the one command writes.")
                .values("--fetch", "GLOB", PlanOptions.FETCH)
                .examples(
                        "settle run nightly.yaml",
                        "settle run --time 1h --memory 4G -- python train.py --lr 0.1",
                        "settle run job.sh data/input.csv")
                .exits(
                        ExitStatus.COMPLETED,
                        ExitStatus.ITEMS_FAILED,
                        ExitStatus.USAGE,
                        ExitStatus.INTERRUPTED,
                        ExitStatus.UNCONFIRMED,
                        ExitStatus.SCHEDULER_UNREACHABLE,
                        ExitStatus.STORAGE_FAILED);
        PlanOptions.declareQueue(PlanOptions.declare(options));
        return ReportCommand.declareAtTheEnd(SharedOptions.declare(SharedOptions.declareBackend(options)))
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        SharedOptions options = SharedOptions.of(args, app);
        ReportFiles reports = ReportCommand.atTheEnd(args);
        Invocation invocation = new Invocation(app);
        Optional<RunFolder> already = invocation.runs().createdForClient();
        if (already.isPresent()) {
            return createdBefore(already.get(), args, options, reports, invocation);
        }
        Backends backends = options.backends(invocation);
        Plan plan =
                Queues.asked(PlanReader.read(PlanOptions.request(args), app, backends), PlanOptions.ofQueue(args, app));
        plan = PlanOptions.notified(plan, args);
        if (Options.has(args, "--dry-run")) {
            return ValidateCommand.print(plan, options.style(), app);
        }
        NewRuns newRuns = new NewRuns(invocation, backends, new Adoption(invocation, options.engine()).options());
        BackendName backend = newRuns.backendOf(plan);
        boolean command = PlanOptions.isCommand(args);
        Adoption adoption =
                new Adoption(invocation, options.engine(), command ? input(backend, app) : Optional.empty());
        newRuns.refuseSecond(plan);
        Optional<StepQueue> feeding = adoption.queues().open(plan);
        NewRuns.Owned created = newRuns.createToManage(plan, backend);
        boolean shows = command && !Options.has(args, "--no-output");
        RunPresenter.Style style = shows ? options.style().withOutput() : options.style();
        ExitStatus status = RunReader.toTheEnd(invocation, adoption, style, SharedOptions.followUp(args))
                .created(created.run(), created.lease(), SharedOptions.onSignal(args, feeding), feeding);
        return reports.atTheEnd(status, created.run().folder(), invocation);
    }

    /** The connection of {@code settle --on} broke after the run had been created: it is followed to its end. */
    private static ExitStatus createdBefore(
            RunFolder folder, ParseResult args, SharedOptions options, ReportFiles reports, Invocation invocation)
            throws InterruptedException {
        boolean shows = PlanOptions.isCommand(args) && !Options.has(args, "--no-output");
        RunPresenter.Style style = shows ? options.style().withOutput() : options.style();
        ExitStatus status = RunReader.toTheEnd(
                        invocation, new Adoption(invocation, options.engine()), style, SharedOptions.followUp(args))
                .watch(folder);
        return reports.atTheEnd(status, folder, invocation);
    }

    /** What the command reads. On Slurm it would be lost: the job has none of this process's streams. */
    private static Optional<Path> input(BackendName backend, App app) {
        return switch (backend) {
            case LOCAL -> app.console().input().place();
            case SLURM -> {
                if (app.console().input().hasContent()) {
                    throw Failure.usage(
                            "a job on Slurm cannot read this command's standard input",
                            "Put the input into a file that the node can see and let the job read it, or add < /dev/null.");
                }
                yield Optional.empty();
            }
        };
    }
}
