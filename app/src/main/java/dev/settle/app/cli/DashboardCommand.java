package dev.settle.app.cli;

import dev.settle.app.dashboard.DashboardServer;
import dev.settle.app.dashboard.Page;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.Signals;
import dev.settle.app.reader.Views;
import dev.settle.app.runs.Outputs;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.json.Json;
import dev.settle.core.run.RunState;
import dev.settle.core.view.ListText;
import dev.settle.core.view.RunList;
import dev.settle.core.view.document.RunDocument;
import dev.settle.core.view.html.HtmlList;
import dev.settle.core.view.html.HtmlReport;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle dashboard}: the live page, until a signal ends it. */
final class DashboardCommand implements Command {
    /** 128 bits: nobody on the login node guesses that. */
    private static final int TOKEN_BYTES = 16;

    private static final int PORT_MAX = 65_535;

    /** More runs than this make a page that nobody reads. */
    private static final int ROWS_MAX = 200;

    private static final Duration REFRESH = Duration.ofSeconds(3);

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
        byte[] random = new byte[TOKEN_BYTES];
        app.wiring().random().nextBytes(random);
        BlockingQueue<Signals.Kind> signals = new ArrayBlockingQueue<>(1);
        Signals.handle(signals::offer);
        try (DashboardServer server =
                DashboardServer.start(port.orElse(0), HexFormat.of().formatHex(random), path -> page(path, app))) {
            app.console().out(server.address() + "\n");
            app.console()
                    .notice("settle: from elsewhere: ssh -L " + server.port() + ":127.0.0.1:" + server.port() + " "
                            + app.wiring().host() + ", then open that address; Ctrl-C ends the dashboard");
            return signals.take().status();
        } catch (IOException e) {
            throw Failure.usage("the dashboard cannot listen: " + e.getMessage(), "leave --port out for any free port");
        }
    }

    private static Page page(String path, App app) {
        try {
            Runs runs = new Runs(app);
            return switch (path) {
                case "/" -> list(runs, app);
                case "/api/runs" ->
                    Page.json(written(out -> ListText.write(new Views(app, runs).list(), out, Json.Layout.INDENTED)));
                default ->
                    path.startsWith("/runs/")
                            ? report(runs, app, path.substring("/runs/".length()))
                            : path.startsWith("/api/runs/")
                                    ? document(runs, app, path.substring("/api/runs/".length()))
                                    : Page.plain(404, "There is no such page. / lists the runs.");
            };
        } catch (Failure expected) {
            int status = expected.status() == ExitStatus.NOT_FOUND ? 404 : 500;
            return Page.plain(status, String.join("\n", expected.lines()));
        } catch (IOException e) {
            throw new UncheckedIOException("a page is written in memory", e);
        }
    }

    private static Page list(Runs runs, App app) throws IOException {
        RunList list = new Views(app, runs).list();
        String html = written(out -> HtmlList.write(list, ROWS_MAX, out));
        return Page.html(html, Optional.of(REFRESH));
    }

    private static Page report(Runs runs, App app, String id) throws IOException {
        RunFolder folder = runs.find(Optional.of(id));
        RunState state = runs.open(folder).state();
        Views views = new Views(app, runs);
        String html = written(
                out -> HtmlReport.write(views.of(folder, state), Outputs.tail(views.requests(folder), state), out));
        return Page.html(html, state.ended().isPresent() ? Optional.empty() : Optional.of(REFRESH));
    }

    private static Page document(Runs runs, App app, String id) throws IOException {
        RunFolder folder = runs.find(Optional.of(id));
        RunState state = runs.open(folder).state();
        return Page.json(
                written(out -> RunDocument.write(new Views(app, runs).of(folder, state), out, Json.Layout.INDENTED)));
    }

    private interface Writing {
        void to(StringWriter out) throws IOException;
    }

    private static String written(Writing writing) throws IOException {
        StringWriter out = new StringWriter();
        writing.to(out);
        return out.toString();
    }
}
