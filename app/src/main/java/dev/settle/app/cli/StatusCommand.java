package dev.settle.app.cli;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.reader.Views;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.json.Json;
import dev.settle.core.view.Line;
import dev.settle.core.view.RunView;
import dev.settle.core.view.StatusText;
import dev.settle.core.view.document.RunDocument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.ZoneId;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle status}: one look at a run; asks nobody. */
final class StatusCommand implements Command {
    private static final int ROWS_MAX = 200;

    @Override
    public CommandSpec spec() {
        return Options.of("status", "[RUN] [OPTIONS]", "Shows one run as it is now; queries nothing.")
                .under(Options.OUTPUT)
                .flag("--json", "Write the run document.")
                .flag("--no-color", "Use no colours.")
                .under(Options.OWN)
                .word("RUN", "Id, unique prefix of an id, or name. Default: the newest run.")
                .examples("settle status nightly", "settle status --json | jq -r .stop.reason")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) {
        Runs runs = new Runs(app);
        RunFolder folder = runs.find(Options.words(args).stream().findFirst());
        RunView view = new Views(app, runs).of(folder, runs.open(folder).state());
        try {
            if (Options.has(args, "--json")) {
                RunDocument.write(view, app.console().writer(), Json.Layout.INDENTED);
            } else {
                List<Line> lines = StatusText.of(
                        view, ZoneId.systemDefault(), app.console().columns(), ROWS_MAX);
                app.console().out(lines, SharedOptions.ink(args, app));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to stdout", e);
        }
        return ExitStatus.COMPLETED;
    }
}
