package dev.settle.app.cli;

import dev.settle.app.dashboard.Dashboard;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle dashboard}: the live pages, until a signal ends them. */
final class DashboardCommand implements Command {
    private static final int PORT_MAX = 65_535;

    @Override
    public CommandSpec spec() {
        return Options.of("dashboard", "[--port N]", "Serves all runs as a live page on this machine's loopback.")
                .value("--port", "N", "The port to listen on. Default: any free port.")
                .examples("settle dashboard --port 8080")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) throws InterruptedException {
        OptionalInt port = Options.count(args, "--port");
        if (port.isPresent() && port.getAsInt() > PORT_MAX) {
            throw Failure.usage("--port: " + port.getAsInt() + " is not a port; write one up to " + PORT_MAX
                    + ", such as " + Options.likely(args, "--port"));
        }
        return Dashboard.serve(port.orElse(0), app);
    }
}
