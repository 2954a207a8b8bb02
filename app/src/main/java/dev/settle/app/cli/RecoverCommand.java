package dev.settle.app.cli;

import dev.settle.app.doctor.Recovery;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.runs.Invocation;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle recover}: finds runs that nobody drives, says how they came to this, and adopts or ends them. */
final class RecoverCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Options.of(
                        "recover",
                        "[RUN...] [--dry-run] [--end] [--json]",
                        "Finds runs whose driver died, says how, and leaves them to the background driver.")
                .flag("--dry-run", "Only say what would be done.")
                .flag("--end", "End them instead; their jobs are left alone.")
                .flag("--json", "A JSON document.")
                .words("RUN", "Ids, beginnings of ids, or names; default: all runs.")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        return new Recovery(
                        new Invocation(app),
                        Options.has(args, "--end") ? Recovery.What.END : Recovery.What.ADOPT,
                        Options.has(args, "--dry-run") ? Recovery.Effect.NONE : Recovery.Effect.DONE,
                        Options.has(args, "--json") ? Recovery.Form.JSON : Recovery.Form.TEXT)
                .run(Options.words(args));
    }
}
