package dev.settle.app.cli;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.reader.Outputs;
import dev.settle.app.reader.Views;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.json.Json;
import dev.settle.core.run.RunState;
import dev.settle.core.view.OutputTail;
import dev.settle.core.view.RunView;
import dev.settle.core.view.document.JUnitReport;
import dev.settle.core.view.document.RunDocument;
import dev.settle.core.view.html.HtmlReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle report}: a self-contained page, JUnit XML, the run document. */
final class ReportCommand implements Command {
    /** Writes one form of the report. */
    private interface Form {
        void write(RunView view, OutputTail tail, Writer out) throws IOException;
    }

    @Override
    public CommandSpec spec() {
        return Options.of("report", "[RUN] --html FILE | --junit FILE | --json", "Writes a report on a run.")
                .value("--html", "FILE", "Write a self-contained page.")
                .value("--junit", "FILE", "Write JUnit XML.")
                .flag("--json", "Write the run document to stdout.")
                .word("RUN", "Id, unique prefix of an id, or name. Default: the newest run.")
                .examples("settle report nightly --html report.html --junit report.xml")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) {
        Optional<String> html = Options.text(args, "--html");
        Optional<String> junit = Options.text(args, "--junit");
        boolean json = Options.has(args, "--json");
        if (html.isEmpty() && junit.isEmpty() && !json) {
            throw Failure.usage("choose an output format.", "Write --html FILE, --junit FILE or --json, or several.");
        }
        Runs runs = new Runs(app);
        RunFolder folder = runs.find(Options.words(args).stream().findFirst());
        RunState state = runs.open(folder).state();
        Views views = new Views(app, runs);
        RunView view = views.of(folder, state);
        OutputTail tail = Outputs.tail(views.requests(folder), state);
        html.ifPresent(file -> write(file, HtmlReport::write, view, tail, app));
        junit.ifPresent(file -> write(file, JUnitReport::write, view, tail, app));
        if (json) {
            try {
                Writer out = app.console().writer();
                RunDocument.write(view, out, Json.Layout.INDENTED);
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write to stdout", e);
            }
        }
        return ExitStatus.COMPLETED;
    }

    private static String why(Path file, IOException e) {
        Path folder = file.resolveSibling("");
        if (!Files.isDirectory(folder)) {
            return "there is no folder " + folder;
        }
        return e instanceof AccessDeniedException ? "no permission" : String.valueOf(e.getMessage());
    }

    /** Aside and renamed, so that nobody ever reads half a report; a pipe or a device stays what it is. */
    private static void write(String name, Form form, RunView view, OutputTail tail, App app) {
        Path file = app.environment().directory().resolve(name);
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                to(file, form, view, tail);
                return;
            }
            // What a link names is written, not the link.
            Path target = Files.exists(file) ? file.toRealPath() : file;
            Path temp = target.resolveSibling("." + target.getFileName() + ".new");
            to(temp, form, view, tail);
            Files.move(temp, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw Failure.storage(
                    "the report cannot be written to " + file + ": " + why(file, e), "name a file that you may write");
        }
    }

    private static void to(Path file, Form form, RunView view, OutputTail tail) throws IOException {
        try (Writer out = Files.newBufferedWriter(file)) {
            form.write(view, tail, out);
        }
    }
}
