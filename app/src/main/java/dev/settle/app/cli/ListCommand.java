package dev.settle.app.cli;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.reader.Views;
import dev.settle.app.runs.Runs;
import dev.settle.core.json.Json;
import dev.settle.core.view.ListText;
import dev.settle.core.view.RunList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.ZoneId;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle list}: all runs of this user, newest first. */
final class ListCommand implements Command {
    private static final int COLUMNS = 160;
    private static final int ROWS_MAX = 1000;

    @Override
    public CommandSpec spec() {
        return Options.of("list", "[OPTIONS]", "Lists the runs, newest first.")
                .under(Options.OUTPUT)
                .flag("--json", "Write a JSON document.")
                .flag("--no-color", "Use no colours.")
                .under(Options.OWN)
                .examples("settle list")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) {
        RunList list = new Views(app, new Runs(app)).list();
        try {
            if (Options.has(args, "--json")) {
                ListText.write(list, app.console().writer(), Json.Layout.INDENTED);
            } else {
                app.console()
                        .out(
                                ListText.of(list, ZoneId.systemDefault(), COLUMNS, ROWS_MAX),
                                SharedOptions.ink(args, app));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to stdout", e);
        }
        for (RunList.Unreadable run : list.unreadable()) {
            app.console().notice("settle: " + run.sentence());
        }
        return list.unreadable().isEmpty() ? ExitStatus.COMPLETED : ExitStatus.STORAGE_FAILED;
    }
}
