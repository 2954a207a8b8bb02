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
                        "[RUN...] [OPTIONS]",
                        "Finds runs whose engine died, reports how, and hands them to the background engine.")
                .flag("--dry-run", "Only report what would be done.")
                .flag("--end", "End the runs instead; their jobs are left alone.")
                .under(Options.OUTPUT)
                .flag("--json", "Write a JSON document.")
                .under(Options.OWN)
                .words("RUN", "Ids, unique prefixes of ids, or names. Default: all runs.")
                .examples("settle recover --dry-run")
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
