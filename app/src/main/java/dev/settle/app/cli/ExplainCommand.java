package dev.settle.app.cli;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.reader.Evidence;
import dev.settle.app.reader.Views;
import dev.settle.app.runs.Runs;
import dev.settle.core.json.Json;
import dev.settle.core.view.explain.ExplainDocument;
import dev.settle.core.view.explain.ExplainText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.ZoneId;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle explain}: the evidence behind a verdict: what was seen, by whom, when, and the rule that decided. */
final class ExplainCommand implements Command {
    private static final int COLUMNS = 160;

    @Override
    public CommandSpec spec() {
        return Options.of("explain", "RUN [ITEM...] [OPTIONS]", "Shows the evidence behind a verdict.")
                .under(Options.OUTPUT)
                .flag("--json", "Write one JSON document.")
                .flag("--no-color", "Use no colours.")
                .under(Options.OWN)
                .words(
                        "RUN [ITEM...]",
                        "The run, and items by id or wildcard. Default: the verdicts by kind, one example each.")
                .examples("settle explain nightly 'train[lr=0.1]'")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) {
        List<String> words = Options.words(args);
        Runs runs = new Runs(app);
        Evidence evidence = Evidence.of(
                runs,
                runs.find(words.stream().findFirst()),
                words.subList(Math.min(1, words.size()), words.size()),
                Integer.MAX_VALUE,
                new Views(app, runs));
        try {
            if (Options.has(args, "--json")) {
                Writer out = app.console().writer();
                ExplainDocument.write(
                        evidence.view(), evidence.explanation(), Evidence.RULES, out, Json.Layout.INDENTED);
                out.write("\n");
                out.flush();
            } else {
                app.console()
                        .out(
                                ExplainText.of(
                                        evidence.view(),
                                        evidence.explanation(),
                                        Evidence.RULES,
                                        ZoneId.systemDefault(),
                                        COLUMNS),
                                SharedOptions.ink(args, app));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to stdout", e);
        }
        return ExitStatus.COMPLETED;
    }
}
