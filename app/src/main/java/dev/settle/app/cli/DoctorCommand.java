package dev.settle.app.cli;

import dev.settle.app.doctor.Examination;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.runs.Invocation;
import dev.settle.core.json.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle doctor}: looks whether a run could be trusted here, and says how to fix what could not. */
final class DoctorCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Options.of(
                        "doctor",
                        "[OPTIONS]",
                        "Checks whether runs can be trusted here: state directory, Slurm, accounting, leftovers.")
                .under(Options.OUTPUT)
                .flag("--json", "Write a JSON document.")
                .under(Options.OWN)
                .examples("settle doctor")
                .exit(ExitStatus.COMPLETED, "runs can be trusted here")
                .exit(ExitStatus.ITEMS_FAILED, "a run could not be trusted here; each finding comes with its fix")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) {
        Examination found = Examination.of(new Invocation(app));
        if (Options.has(args, "--json")) {
            app.console().document(Json.write(found.document()) + "\n");
        } else {
            app.console().out(found.text());
        }
        return found.isTrusted() ? ExitStatus.COMPLETED : ExitStatus.ITEMS_FAILED;
    }
}
