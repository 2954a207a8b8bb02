package dev.settle.app.cli;

import dev.settle.app.creation.NewRuns;
import dev.settle.app.creation.PlanReader;
import dev.settle.app.engine.Adoption;
import dev.settle.app.engine.Queues;
import dev.settle.app.engine.backend.Backends;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.reader.ReportFiles;
import dev.settle.app.reader.RunReader;
import dev.settle.app.runs.Invocation;
import dev.settle.app.stepqueue.StepQueue;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
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
                "Creates a run and drives it until it ends; the exit status is the run's.");
        SharedOptions.declare(options).flag("--cancel-on-exit", "Cancel the run when a signal ends this command.");
        ReportCommand.declareAtTheEnd(options);
        return PlanOptions.declareQueue(PlanOptions.declare(options)).spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        SharedOptions options = SharedOptions.of(args, app);
        ReportFiles reports = ReportCommand.atTheEnd(args);
        Invocation invocation = new Invocation(app);
        Backends backends = options.backends(invocation);
        Plan plan =
                Queues.asked(PlanReader.read(PlanOptions.request(args), app, backends), PlanOptions.ofQueue(args, app));
        plan = PlanOptions.notified(plan, args);
        if (Options.has(args, "--dry-run")) {
            return ValidateCommand.print(plan, options.style(), app);
        }
        Adoption adoption = new Adoption(invocation, options.engine());
        NewRuns newRuns = new NewRuns(invocation, backends, adoption.options());
        BackendName backend = newRuns.backendOf(plan);
        newRuns.refuseSecond(plan);
        Optional<StepQueue> feeding = adoption.queues().open(plan);
        NewRuns.Owned created = newRuns.createToManage(plan, backend);
        ExitStatus status = RunReader.toTheEnd(invocation, adoption, options.style())
                .created(created.run(), created.lease(), SharedOptions.onSignal(args, feeding), feeding);
        return reports.atTheEnd(status, created.run().folder(), invocation);
    }
}
