package dev.settle.app.command;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.stepqueue.StepQueue;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.json.Json;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle submit}: creates a run and leaves it to the background driver; prints its id and nothing else. */
final class SubmitCommand implements Command {
    @Override
    public CommandSpec spec() {
        Options options = Options.of(
                "submit",
                "[OPTIONS] FILE | settle submit [OPTIONS] SCRIPT [ARG...] | settle submit [OPTIONS] -- CMD ARG...",
                "Creates a run, leaves it to the background driver, and prints the run's id.");
        return Queues.declare(Plans.declare(DriveOptions.declare(options))).spec();
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
        RunFolder folder = newRuns.createToLeave(plan, backend);
        feeding.ifPresent(driver.queues()::close);
        new Handover(app, driver.runs(), driver.owners()).of(folder, feeding.isPresent());
        boolean asDocument = options.style().form() == RunPresenter.Form.JSON;
        app.console().out(asDocument ? Json.write(Map.of("id", folder.id().value())) + "\n" : folder.id() + "\n");
        return ExitStatus.COMPLETED;
    }
}
