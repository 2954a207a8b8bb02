package dev.settle.app.cli;

import dev.settle.app.creation.NewRuns;
import dev.settle.app.creation.PlanReader;
import dev.settle.app.engine.Feeding;
import dev.settle.app.engine.Queues;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.reader.Driver;
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
        return PlanOptions.declareQueue(PlanOptions.declare(options)).spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        SharedOptions options = SharedOptions.of(args, app);
        Plan plan = Queues.asked(PlanReader.read(PlanOptions.request(args), app, options.backend()), PlanOptions.ofQueue(args, app));
        if (Options.has(args, "--dry-run")) {
            return ValidateCommand.print(plan, options.style(), app);
        }
        Driver driver = new Driver(app, options.engine(), options.style());
        NewRuns newRuns = driver.newRuns(options.backend());
        BackendName backend = newRuns.backendOf(plan);
        newRuns.refuseSecond(plan);
        Optional<Feeding> feeding = driver.queues().open(plan);
        return driver.begin(newRuns.createToDrive(plan, backend), SharedOptions.onSignal(args, feeding), feeding);
    }
}
