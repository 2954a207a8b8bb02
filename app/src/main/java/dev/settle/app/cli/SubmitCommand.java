package dev.settle.app.cli;

import dev.settle.app.creation.NewRuns;
import dev.settle.app.creation.PlanReader;
import dev.settle.app.engine.Adoption;
import dev.settle.app.engine.Handover;
import dev.settle.app.engine.Queues;
import dev.settle.app.engine.backend.Backends;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.reader.RunPresenter;
import dev.settle.app.runs.Invocation;
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
        return PlanOptions.declareQueue(PlanOptions.declare(SharedOptions.declare(options)))
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        SharedOptions options = SharedOptions.of(args, app);
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
        RunFolder folder = newRuns.createToLeave(plan, backend).folder();
        feeding.ifPresent(adoption.queues()::close);
        new Handover(app, invocation.runs(), invocation.leases()).of(folder, feeding.isPresent());
        boolean asDocument = options.style().form() == RunPresenter.Form.JSON;
        app.console().out(asDocument ? Json.write(Map.of("id", folder.id().value())) + "\n" : folder.id() + "\n");
        return ExitStatus.COMPLETED;
    }
}
