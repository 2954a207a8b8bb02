package dev.settle.app.cli;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle agent}: a short briefing for a coding agent. */
final class AgentCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Options.of(
                        "agent",
                        "[--mcp-config]",
                        "Prints a short briefing for a coding agent: commands, exit statuses, how to wait.")
                .flag("--mcp-config", "Print what common clients need to know to start settle mcp.")
                .examples("settle agent")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) {
        if (Options.has(args, "--mcp-config")) {
            app.console().out(new McpClients(app.environment()).text());
            return ExitStatus.COMPLETED;
        }
        try (InputStream in = AgentCommand.class.getResourceAsStream("agent.txt")) {
            if (in == null) {
                throw new IllegalStateException("the build left out agent.txt");
            }
            app.console().out(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("agent.txt of this build cannot be read", e);
        }
        return ExitStatus.COMPLETED;
    }
}
