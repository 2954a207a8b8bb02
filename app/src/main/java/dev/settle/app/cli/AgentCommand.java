package dev.settle.app.cli;

import dev.settle.app.doctor.ControllerProbe;
import dev.settle.app.mcp.McpClients;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.reader.Views;
import dev.settle.app.runs.Runs;
import dev.settle.core.text.PlainText;
import dev.settle.core.view.RunList;
import dev.settle.core.view.RunSummary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle agent}: a short briefing for a coding agent, with what is so here and now. */
final class AgentCommand implements Command {
    private static final int RUNS_MAX = 5;

    @Override
    public CommandSpec spec() {
        return Options.of(
                        "agent",
                        "[--mcp-config]",
                        "Prints a short briefing for a coding agent: commands, exit statuses, how to wait, which backends answer"
                                + " here, and the latest runs.")
                .flag("--mcp-config", "Print what common clients need to know to start settle mcp.")
                .examples("settle agent")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) {
        if (Options.has(args, "--mcp-config")) {
            app.console().out(new McpClients(app.environment(), List.of()).text());
            return ExitStatus.COMPLETED;
        }
        try (InputStream in = AgentCommand.class.getResourceAsStream("agent.txt")) {
            if (in == null) {
                throw new IllegalStateException("the build left out agent.txt");
            }
            app.console()
                    .out(app.console()
                            .addressed(new String(in.readAllBytes(), StandardCharsets.UTF_8) + "\n" + facts(app)));
        } catch (IOException e) {
            throw new UncheckedIOException("agent.txt of this build cannot be read", e);
        }
        return ExitStatus.COMPLETED;
    }

    private static String facts(App app) {
        StringBuilder text = new StringBuilder("Here and now:\n");
        text.append("  backend local: always there\n");
        text.append("  backend slurm: ")
                .append(PlainText.oneLine(ControllerProbe.words(app.environment())))
                .append('\n');
        try {
            Runs runs = new Runs(app);
            text.append("  state directory: ")
                    .append(PlainText.oneLine(runs.root().toString()))
                    .append('\n');
            RunList latest = new Views(app, runs).list(RUNS_MAX);
            text.append(latest.runs().isEmpty() ? "  no runs yet\n" : "  latest runs:\n");
            for (RunSummary run : latest.runs()) {
                text.append("    ")
                        .append(PlainText.oneLine(run.id() + " (" + run.name() + ", " + run.backend() + ") "
                                + run.state() + ": " + run.headline()))
                        .append('\n');
            }
        } catch (Failure e) {
            // What is told above holds all the same.
            e.lines()
                    .forEach(line ->
                            text.append("  ").append(PlainText.oneLine(line)).append('\n'));
        }
        return text.toString();
    }
}
