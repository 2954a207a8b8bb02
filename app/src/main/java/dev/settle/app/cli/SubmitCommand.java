package dev.settle.app.cli;

import dev.settle.app.creation.PlanReader;
import dev.settle.app.creation.Submission;
import dev.settle.app.engine.Queues;
import dev.settle.app.engine.backend.Backends;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.reader.RunPresenter;
import dev.settle.app.runs.Invocation;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.json.Json;
import dev.settle.core.model.Plan;
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
                        "Creates a run, hands it to the background engine, and prints the run's id.")
                .examples("id=$(settle submit nightly.yaml)", "settle submit --time 1h -- python train.py --lr 0.1");
        PlanOptions.declareQueue(PlanOptions.declare(options));
        return SharedOptions.declareEngine(SharedOptions.declareBackend(options))
                .under(Options.OUTPUT)
                .flag("--json", "Write {\"id\": ...} instead of the bare id; with --dry-run, the plan.")
                .under(Options.ACCEPTED)
                .flag("--plain", "Nothing is redrawn.")
                .flag("--quiet", "The id is all that is printed.")
                .flag("--no-color", "There are no colours.")
                .under(Options.OWN)
                .exit(ExitStatus.COMPLETED, "the run was created and handed over; settle watch reports how it ends")
                .exits(ExitStatus.USAGE, ExitStatus.SCHEDULER_UNREACHABLE, ExitStatus.STORAGE_FAILED)
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
        Optional<RunFolder> already = invocation.runs().createdForClient();
        RunFolder folder =
                already.isPresent() ? already.get() : new Submission(invocation, backends, options.engine()).of(plan);
        boolean asDocument = options.style().form() == RunPresenter.Form.JSON;
        app.console().document(asDocument ? Json.write(Map.of("id", folder.id().value())) + "\n" : folder.id() + "\n");
        return ExitStatus.COMPLETED;
    }
}
