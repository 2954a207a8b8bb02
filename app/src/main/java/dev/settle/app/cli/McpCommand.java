package dev.settle.app.cli;

import dev.settle.app.mcp.Access;
import dev.settle.app.mcp.McpService;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle mcp}: a server of the Model Context Protocol on stdin and stdout, until the client closes stdin. */
final class McpCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Options.of(
                        "mcp",
                        "[--read-only]",
                        "Serves a coding agent on stdin and stdout, in the Model Context Protocol (MCP).")
                .flag("--read-only", "Offer only what looks: nothing is created, changed or taken over.")
                .examples("settle mcp --read-only")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        return McpService.run(app, Options.has(args, "--read-only") ? Access.READ_ONLY : Access.ALL);
    }
}
