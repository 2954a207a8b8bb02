package dev.settle.app.engine;

import dev.settle.app.process.App;
import dev.settle.app.runs.CommandTally;
import dev.settle.app.runs.JobEnvironment;
import dev.settle.app.runs.Outputs;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.core.environment.EnvironmentBlock;
import dev.settle.core.environment.JobOrigin;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.json.Json;
import dev.settle.core.model.Notify;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.text.PlainText;
import dev.settle.core.text.ShellText;
import dev.settle.core.view.DriverView;
import dev.settle.core.view.RunView;
import dev.settle.core.view.document.RunDocument;
import dev.settle.slurm.tools.ProcessToolRunner;
import dev.settle.slurm.tools.ToolRunner;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Runs the command of a plan's {@code notify} when the run has ended. It is run by the process that has recorded the end,
 * and by no other, so that it runs at most once per end; whatever it does changes nothing of the run.
 */
final class Notifier {
    /** The end of a run waits for it. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Of what it says, only the end is of interest. */
    private static final int OUTPUT_BYTES_MAX = 1 << 20;

    /** The run document is a file: it may be larger than what settle keeps in memory, and settle may die meanwhile. */
    private static final String DOCUMENT = "notify.json";

    /** Writes an event to the journal. */
    interface Recorder {
        /** @return whether it is on disk */
        boolean record(RunEvent event);
    }

    private final App app;
    private final Runs runs;

    Notifier(App app, Runs runs) {
        this.app = app;
        this.runs = runs;
    }

    /**
     * Runs the command if the run has ended in a way that it is for; waits for it, for a minute at most.
     *
     * @param run whose end this process has just recorded, unless it goes on
     */
    void ended(Runs.OpenRun run, Recorder recorder) {
        notified(run, recorder);
        RunState state = run.state();
        // A verdict that is confirmed late may bring another attempt; a resume keeps an environment of its own.
        if (state.ended().isPresent() && state.unconfirmed() == 0) {
            try {
                JobEnvironment.drop(runs.disk(), run.folder());
            } catch (IOException e) {
                app.console()
                        .notice("settle: the kept environment of run " + state.id() + " cannot be deleted: "
                                + e.getMessage());
            }
        }
    }

    private void notified(Runs.OpenRun run, Recorder recorder) {
        RunState state = run.state();
        Optional<Notify> notify = state.plan()
                .notification()
                .filter(plan -> state.ended().isPresent()
                        && plan.on().stream()
                                .anyMatch(end -> end.word().equals(state.phase().word())));
        if (notify.isEmpty()) {
            return;
        }
        // A disk that is full is what the user wants to hear of: the end is recorded, so that this does not come again.
        boolean recorded =
                recorder.record(new RunEvent.Notification(RunEvent.Notification.Step.STARTED, Optional.empty()));
        Optional<String> trouble = trouble(run.folder(), state, notify.get().command());
        trouble.ifPresent(why ->
                app.console().notice("settle: the notification command of run " + state.id() + " failed: " + why));
        if (recorded) {
            recorder.record(new RunEvent.Notification(
                    trouble.isPresent() ? RunEvent.Notification.Step.FAILED : RunEvent.Notification.Step.DONE,
                    trouble));
        }
    }

    /** Runs the command; why it failed, if it did. */
    private Optional<String> trouble(RunFolder folder, RunState state, String command) {
        Path document = folder.path().resolve(DOCUMENT);
        try {
            RunView view = view(folder, state);
            write(view, document);
            JobOrigin origin = JobEnvironment.of(folder, app.environment(), state.plan());
            ProcessToolRunner tools = new ProcessToolRunner(app.environment().variables());
            byte[] script = script(origin, view, command, document);
            ToolRunner.Result result = origin.secrets().isEmpty()
                    ? tools.runScript(script, LIMIT, OUTPUT_BYTES_MAX)
                    : tools.runSecretScript(script, LIMIT, OUTPUT_BYTES_MAX);
            return result.isGood() ? Optional.empty() : Optional.of(words(result));
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } finally {
            remove(document);
        }
    }

    private RunView view(RunFolder folder, RunState state) {
        return new RunView(
                        state,
                        DriverView.none(Optional.empty()),
                        Outputs.paths(new Requests(folder, app.environment().home()), state),
                        app.wiring().clock().instant())
                .withCommands(CommandTally.read(folder));
    }

    private void write(RunView view, Path document) throws IOException {
        runs.disk().delete(document);
        runs.disk().create(document).close();
        try (Writer out = Files.newBufferedWriter(document)) {
            RunDocument.write(view, out, Json.Layout.INDENTED);
        }
    }

    /** In the environment and the directory of the run, as its jobs are. */
    private static byte[] script(JobOrigin origin, RunView view, String command, Path document) {
        EnvironmentBlock variables = origin.variables()
                .with("SETTLE_RUN_ID", view.id())
                .with("SETTLE_RUN_NAME", PlainText.oneLine(view.name()))
                .with("SETTLE_STATE", view.stateWord())
                .with("SETTLE_EXIT_STATUS", String.valueOf(view.exitStatus().orElse(0)))
                .with("SETTLE_HEADLINE", PlainText.oneLine(view.headline()));
        return variables.shellScript(
                List.of(
                        "cd " + ShellText.quote(view.run().opened().directory()) + " 2>/dev/null || cd /",
                        // What it prints would stand between the lines of the run.
                        "exec >/dev/null"),
                List.of(),
                List.of("/bin/sh", "-c", "exec /bin/sh -c \"$1\" <\"$2\"", "notify", command, document.toString()),
                origin.secrets());
    }

    private static String words(ToolRunner.Result result) {
        String said = result.lastWords("it");
        return result.kind() == ToolRunner.Kind.EXITED && !said.startsWith("it exited")
                ? "exit code " + result.exitCode() + ": " + said
                : said;
    }

    private void remove(Path document) {
        try {
            runs.disk().delete(document);
        } catch (IOException e) {
            app.console().notice("settle: " + document + " cannot be removed: " + e.getMessage());
        }
    }
}
