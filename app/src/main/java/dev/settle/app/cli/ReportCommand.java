package dev.settle.app.cli;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.reader.ReportFiles;
import dev.settle.app.reader.Views;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.json.Json;
import dev.settle.core.run.RunState;
import dev.settle.core.view.RunView;
import dev.settle.core.view.document.RunDocument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle report}: a self-contained page, JUnit XML, the run document. */
final class ReportCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Options.of(
                        "report",
                        "[RUN] --html FILE | --junit FILE | --csv FILE | --json | settle report RUN LATER --html FILE",
                        "Writes a report on a run.")
                .value("--html", "FILE", "Write a self-contained page; - is stdout. Of two runs: a comparison.")
                .value("--junit", "FILE", "Write JUnit XML; - is stdout.")
                .value("--csv", "FILE", "Write the items as comma-separated values; - is stdout.")
                .flag("--json", "Write the run document to stdout.")
                .upToTwoWords(
                        "RUN",
                        "Id, unique prefix of an id, or name. Default: the newest run. A second one is compared with the"
                                + " first.")
                .examples(
                        "settle report nightly --html report.html --junit report.xml",
                        "settle report k3v9q2m7 p4x8w1n5 --html comparison.html")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) {
        ReportFiles files = files(args);
        boolean json = Options.has(args, "--json");
        if (files.isEmpty() && !json) {
            throw Failure.usage(
                    "choose an output format.", "Write --html FILE, --junit FILE, --csv FILE or --json, or several.");
        }
        if (files.toStdout() + (json ? 1 : 0) > 1) {
            throw Failure.usage("only one report fits on stdout; write the others to files");
        }
        Runs runs = new Runs(app);
        List<String> words = Options.words(args);
        if (words.size() > 1) {
            return compare(words, files, json, runs, app);
        }
        RunFolder folder = runs.find(words.stream().findFirst());
        RunState state = runs.open(folder).state();
        Views views = new Views(app, runs);
        files.write(folder, state, views, app);
        if (json) {
            try {
                Writer out = app.console().writer();
                RunDocument.write(views.of(folder, state), out, Json.Layout.INDENTED);
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write to stdout", e);
            }
        }
        return ExitStatus.COMPLETED;
    }

    private static ExitStatus compare(List<String> words, ReportFiles files, boolean json, Runs runs, App app) {
        if (files.html().isEmpty() || files.junit().isPresent() || files.csv().isPresent() || json) {
            throw Failure.usage("two runs are compared on a page alone", "Write --html FILE and no other form.");
        }
        Views views = new Views(app, runs);
        ReportFiles.compare(files.html().get(), view(words.get(0), runs, views), view(words.get(1), runs, views), app);
        return ExitStatus.COMPLETED;
    }

    private static RunView view(String word, Runs runs, Views views) {
        RunFolder folder = runs.find(Optional.of(word));
        return views.of(folder, runs.open(folder).state());
    }

    /** The options of the commands that write reports when they end. */
    static Options declareAtTheEnd(Options options) {
        return options.value("--html", "FILE", "At the end, write a self-contained page to FILE.")
                .value("--junit", "FILE", "At the end, write JUnit XML to FILE.");
    }

    /** Reads the options of {@link #declareAtTheEnd}. */
    static ReportFiles atTheEnd(ParseResult args) {
        ReportFiles files = files(args);
        if (files.toStdout() > 0) {
            throw Failure.usage(
                    "--html and --junit take a file here, because stdout has the run itself",
                    "Write a file, or print the report afterwards: settle report --junit -");
        }
        return files;
    }

    private static ReportFiles files(ParseResult args) {
        return new ReportFiles(
                Options.text(args, "--html"),
                Options.text(args, "--junit"),
                args.commandSpec().findOption("--csv") == null ? Optional.empty() : Options.text(args, "--csv"));
    }
}
