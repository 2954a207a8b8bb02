package dev.settle.app.dashboard;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.settle.app.process.Threads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * Serves pages on loopback to whoever has the token: other users of a login node reach its loopback too.
 *
 * <p>The token comes once in the address and then in a cookie, so that it stays in no history and in no link that is
 * passed on. Only names of loopback are answered, or a page of the web could reach us through a name of its own (DNS
 * rebinding); any port will do, since the page is usually seen through an ssh tunnel.
 */
public final class DashboardServer implements AutoCloseable {
    private static final int WAITING_MAX = 16;
    private static final int THREADS = 2;
    private static final Set<String> LOOPBACK_NAMES = Set.of("127.0.0.1", "localhost", "[::1]");

    private final HttpServer server;
    private final ExecutorService threads;
    private final String token;
    private final Function<String, Page> pages;

    private DashboardServer(HttpServer server, ExecutorService threads, String token, Function<String, Page> pages) {
        this.server = server;
        this.threads = threads;
        this.token = token;
        this.pages = pages;
    }

    /**
     * Starts to serve.
     *
     * @param port 0 for any that is free
     * @param pages the page of a path; called by two threads at most
     * @throws IOException when the port is taken
     */
    public static DashboardServer start(int port, String token, Function<String, Page> pages) throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), WAITING_MAX);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, Threads.factory("settle-dashboard"));
        DashboardServer dashboard = new DashboardServer(server, threads, token, pages);
        server.setExecutor(threads);
        server.createContext("/", dashboard::handle);
        server.start();
        return dashboard;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** Where the page is, with the token. */
    public String address() {
        return "http://127.0.0.1:" + port() + "/?token=" + token;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Optional<String> given = given(exchange);
            if (!isLoopbackName(exchange)) {
                answer(exchange, Page.plain(421, "This is settle's dashboard; it answers to 127.0.0.1 and localhost."));
            } else if (!Set.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                answer(exchange, Page.plain(405, "The dashboard only shows; settle's commands act."));
            } else if (given.isPresent() && isToken(given.get())) {
                exchange.getResponseHeaders()
                        .set("Set-Cookie", cookie() + "=" + token + "; Path=/; HttpOnly; SameSite=Strict");
                exchange.getResponseHeaders().set("Location", path);
                answer(exchange, Page.plain(303, "Go to " + path));
            } else if (!hasCookie(exchange)) {
                answer(exchange, Page.plain(401, "Open the whole address that settle dashboard printed."));
            } else {
                answer(exchange, pages.apply(path));
            }
        }
    }

    private void answer(HttpExchange exchange, Page page) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", page.type());
        headers.set("Cache-Control", "no-store");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
        page.refresh().ifPresent(pause -> headers.set("Refresh", String.valueOf(pause.toSeconds())));
        byte[] body = page.body().getBytes(StandardCharsets.UTF_8);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(page.status(), head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    /** Cookies know no ports: two dashboards of one user must not take each other's. */
    private String cookie() {
        return "settle_dashboard_" + port();
    }

    private static boolean isLoopbackName(HttpExchange exchange) {
        String host = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Host"))
                .orElse("");
        return LOOPBACK_NAMES.contains(host.replaceFirst(":\\d+$", ""));
    }

    private static Optional<String> given(HttpExchange exchange) {
        String query =
                Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
        for (String part : query.split("&", -1)) {
            if (part.startsWith("token=")) {
                return Optional.of(part.substring("token=".length()));
            }
        }
        return Optional.empty();
    }

    private boolean hasCookie(HttpExchange exchange) {
        for (String header : exchange.getRequestHeaders().getOrDefault("Cookie", List.of())) {
            for (String each : header.split(";", -1)) {
                String cookie = each.strip();
                if (cookie.startsWith(cookie() + "=") && isToken(cookie.substring(cookie().length() + 1))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Takes as long for a near miss as for a wild guess. */
    private boolean isToken(String text) {
        return MessageDigest.isEqual(text.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
