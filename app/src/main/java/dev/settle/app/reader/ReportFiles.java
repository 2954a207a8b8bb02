package dev.settle.app.reader;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.Outputs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.run.RunState;
import dev.settle.core.view.OutputTail;
import dev.settle.core.view.RunView;
import dev.settle.core.view.document.ItemsCsv;
import dev.settle.core.view.document.JUnitReport;
import dev.settle.core.view.document.RunnerText;
import dev.settle.core.view.html.HtmlComparison;
import dev.settle.core.view.html.HtmlReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The reports that a command was asked to write.
 *
 * @param html where the page goes, {@code -} for stdout
 * @param junit where the JUnit XML goes, {@code -} for stdout
 * @param csv where the table of items goes, {@code -} for stdout
 */
public record ReportFiles(Optional<String> html, Optional<String> junit, Optional<String> csv) {
    /** Stands for stdout in place of a file's name. */
    public static final String STDOUT = "-";

    /** Lines of an item's output in a report; a page or a CI server has more room than a terminal. */
    private static final int TAIL_LINES_MAX = 20;

    /** Writes one form of the report. */
    private interface Form {
        void write(RunView view, OutputTail tail, Writer out) throws IOException;
    }

    public boolean isEmpty() {
        return html.isEmpty() && junit.isEmpty() && csv.isEmpty();
    }

    /** How many of them go to stdout. */
    public int toStdout() {
        return (html.filter(STDOUT::equals).isPresent() ? 1 : 0)
                + (junit.filter(STDOUT::equals).isPresent() ? 1 : 0)
                + (csv.filter(STDOUT::equals).isPresent() ? 1 : 0);
    }

    /**
     * Writes the reports of a run as its journal says now.
     *
     * @throws Failure where a file cannot be written
     */
    public void write(RunFolder folder, RunState state, Views views, App app) {
        RunView view = views.of(folder, state);
        OutputTail tail = Outputs.tail(views.requests(folder), state, TAIL_LINES_MAX);
        html.ifPresent(file -> {
            var evidence = PageEvidence.of(views.runs(), folder, view);
            write(file, (shown, lines, out) -> HtmlReport.write(shown, lines, evidence, out), view, tail, app);
        });
        junit.ifPresent(file -> write(file, JUnitReport::write, view, tail, app));
        csv.ifPresent(file -> write(file, (shown, lines, out) -> ItemsCsv.write(shown, out), view, tail, app));
    }

    /**
     * Writes a page that compares two runs.
     *
     * @param file {@code -} for stdout
     * @throws Failure where it cannot be written
     */
    public static void compare(String file, RunView before, RunView after, App app) {
        write(file, (shown, lines, out) -> HtmlComparison.write(before, after, out), after, OutputTail.NONE, app);
    }

    /**
     * Writes the reports when a command leaves its run, whether the run has ended or goes on.
     *
     * @param status that of the command
     * @return the same, or 74 where the command is well but a report is missing
     */
    public ExitStatus atTheEnd(ExitStatus status, RunFolder folder, Invocation invocation) {
        App app = invocation.app();
        Optional<Path> summary = StepSummary.file(app);
        if (isEmpty() && summary.isEmpty()) {
            return status;
        }
        try {
            RunState state = invocation.runs().open(folder).state();
            Views views = new Views(app, invocation.runs());
            summary.ifPresent(file -> StepSummary.append(
                    file, views.of(folder, state), Outputs.tail(views.requests(folder), state, TAIL_LINES_MAX), app));
            write(folder, state, views, app);
            return status;
        } catch (Failure e) {
            e.lines().forEach(line -> app.console().notice("settle: " + line));
            return status == ExitStatus.COMPLETED ? ExitStatus.STORAGE_FAILED : status;
        }
    }

    private static String why(Path file, IOException e) {
        Path folder = file.resolveSibling("");
        if (!Files.isDirectory(folder)) {
            return "there is no folder " + folder;
        }
        return e instanceof AccessDeniedException ? "no permission" : String.valueOf(e.getMessage());
    }

    private static void write(String name, Form form, RunView view, OutputTail tail, App app) {
        if (name.equals(STDOUT)) {
            try {
                Writer out = app.console().writer(RunnerText.Form.MARKUP);
                form.write(view, tail, out);
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write to stdout", e);
            }
            return;
        }
        Path file = app.environment().directory().resolve(name);
        try {
            write(file, form, view, tail, app);
        } catch (IOException e) {
            throw Failure.storage(
                    "the report cannot be written to " + file + ": " + why(file, e), "Choose a path you can write to.");
        }
    }

    /** Aside and renamed, so that nobody ever reads half a report; a pipe or a device stays what it is. */
    private static void write(Path file, Form form, RunView view, OutputTail tail, App app) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            to(file, form, view, tail, app, StandardOpenOption.WRITE);
            return;
        }
        // What a link names is written, not the link.
        Path target = Files.exists(file) ? file.toRealPath() : file;
        Path temp = target.resolveSibling("." + target.getFileName() + ".new");
        // In a folder where others may write, what they put in its place is neither followed nor kept.
        Files.deleteIfExists(temp);
        to(temp, form, view, tail, app, StandardOpenOption.CREATE_NEW);
        Files.move(temp, target, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void to(Path file, Form form, RunView view, OutputTail tail, App app, StandardOpenOption how)
            throws IOException {
        try (Writer out = app.console().redacted(Files.newBufferedWriter(file, how, StandardOpenOption.WRITE))) {
            form.write(view, tail, out);
        }
    }
}
