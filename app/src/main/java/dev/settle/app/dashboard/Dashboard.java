package dev.settle.app.dashboard;

import dev.settle.app.dashboard.web.Credentials;
import dev.settle.app.dashboard.web.Peers;
import dev.settle.app.dashboard.web.WebServer;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.Signals;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** {@code settle dashboard}: the live pages, until a signal ends them. */
public final class Dashboard {
    private static final String ROOT = "0";

    private Dashboard() {}

    /**
     * Serves until a signal comes.
     *
     * @param port 0 for any that is free
     */
    public static ExitStatus serve(int port, App app) throws InterruptedException {
        Credentials credentials = Credentials.random(app.wiring().random());
        BlockingQueue<Signals.Kind> signals = new ArrayBlockingQueue<>(1);
        Signals.handle(signals::offer);
        try (DashboardSite site = new DashboardSite(app, credentials.form());
                WebServer server = WebServer.start(
                        new WebServer.Setup(
                                port,
                                credentials,
                                Peers.ofMachine(),
                                Set.copyOf(List.of(app.wiring().uid(), ROOT)),
                                () -> app.wiring().moment().monotonic()),
                        site)) {
            app.console().out(server.address() + "\n");
            app.console()
                    .notice("settle: from another machine: ssh -L " + server.port() + ":127.0.0.1:" + server.port()
                            + " " + app.wiring().host() + ", then open that address; Ctrl-C ends the dashboard");
            return signals.take().status();
        } catch (IOException e) {
            throw Failure.usage("the dashboard cannot listen: " + e.getMessage(), "leave --port out for any free port");
        }
    }
}
