package dev.settle.app.command;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
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
        DriveOptions.declare(options).flag("--cancel-on-exit", "Cancel the run when a signal ends this command.");
        return Queues.declare(Plans.declare(options)).spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        DriveOptions options = DriveOptions.of(args, app);
        Plan plan = Queues.asked(Plans.read(args, app, options.backend()), args, app);
        if (Options.has(args, "--dry-run")) {
            return ValidateCommand.print(plan, options.style(), app);
        }
        Driver driver = new Driver(app, options);
        NewRuns newRuns = driver.newRuns();
        BackendName backend = newRuns.backendOf(plan);
        newRuns.refuseSecond(plan);
        Optional<StepQueue> feeding = driver.queues().open(plan);
        return driver.begin(newRuns.createToDrive(plan, backend), OnSignal.of(args, feeding), feeding);
    }
}
