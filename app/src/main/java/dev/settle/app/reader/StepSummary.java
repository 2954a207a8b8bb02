package dev.settle.app.reader;

import dev.settle.app.process.App;
import dev.settle.app.process.CiRunner;
import dev.settle.core.view.OutputTail;
import dev.settle.core.view.RunView;
import dev.settle.core.view.document.GitHubReport;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** The summary of a step of GitHub Actions. */
final class StepSummary {
    private static final String FILE = "GITHUB_STEP_SUMMARY";

    private StepSummary() {}

    /** Where the summary of the step goes; empty outside of GitHub Actions. */
    static Optional<Path> file(App app) {
        return CiRunner.of(app.environment()) == CiRunner.GITHUB
                ? app.environment().variable(FILE).map(app.environment().directory()::resolve)
                : Optional.empty();
    }

    /** Appends a run to the summary; a summary that cannot be written is reported and spoils nothing. */
    static void append(Path file, RunView view, OutputTail tail, App app) {
        try (Writer out = app.console()
                .redacted(Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
            GitHubReport.summary(view, tail, out);
        } catch (IOException e) {
            app.console().notice("settle: the step summary cannot be written to " + file + ": " + e.getMessage());
        }
    }
}
