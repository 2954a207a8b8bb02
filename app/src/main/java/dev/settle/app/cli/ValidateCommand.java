package dev.settle.app.cli;

import dev.settle.app.creation.PlanReader;
import dev.settle.app.engine.backend.Backends;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.reader.RunPresenter;
import dev.settle.app.runs.Invocation;
import dev.settle.core.journal.PlanCodec;
import dev.settle.core.model.Plan;
import dev.settle.core.runfile.keys.RunFileReference;
import dev.settle.core.view.PlanText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle validate}: parses, expands and prints the plan; touches nothing. */
final class ValidateCommand implements Command {
    @Override
    public CommandSpec spec() {
        return PlanOptions.declareChoices(Options.of(
                        "validate",
                        "[OPTIONS] FILE | settle validate [OPTIONS] SCRIPT [ARG...]",
                        "Parses, expands and prints the plan of a run file; touches nothing."))
                .flag("--keys", "Print every key that a run file may have, as Markdown.")
                .under(Options.OUTPUT)
                .flag("--json", "Write the plan as a JSON document.")
                .under(Options.OWN)
                .words("FILE [ARG...]", "A run file (- is stdin), or an sbatch script and its arguments.")
                .examples("settle validate nightly.yaml")
                .exit(ExitStatus.COMPLETED, "the run file can be accepted")
                .exit(ExitStatus.USAGE, "it cannot; all problems are reported")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) {
        if (Options.has(args, "--keys")) {
            app.console().out(RunFileReference.markdown());
            return ExitStatus.COMPLETED;
        }
        Plan plan = PlanReader.read(
                PlanOptions.request(args),
                app,
                new Backends(Optional.empty(), new Invocation(app).configuration(), app.environment()));
        return print(plan, SharedOptions.style(args, app), app);
    }

    static ExitStatus print(Plan plan, RunPresenter.Style style, App app) {
        if (style.form() == RunPresenter.Form.JSON) {
            app.console().out(PlanCodec.toJson(plan));
        } else {
            StringBuilder text = new StringBuilder();
            try {
                PlanText.tree(plan, text, PlanText.Lines.BOXES);
            } catch (IOException e) {
                throw new UncheckedIOException("a string cannot fail to be written", e);
            }
            app.console().out(text.toString());
        }
        return ExitStatus.COMPLETED;
    }
}
