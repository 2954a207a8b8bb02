package dev.settle.app.dashboard.web;

import dev.settle.app.process.Threads;
import dev.settle.app.process.Ticker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.URLDecoder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Supplier;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Serves pages on loopback to those who have the token: other users of a login node reach its loopback too.
 *
 * <p>Only names of loopback are answered, or a page of the web could reach us through a name of its own (DNS rebinding);
 * any port will do, since the page is usually seen through an ssh tunnel. What is sent by a form must come from a page of
 * this very server, and carry the word that only its pages know.
 */
public final class WebServer implements AutoCloseable {
    /** Jetty's own threads are three; the others answer. */
    private static final int THREADS_MAX = 16;

    private static final int THREADS_MIN = 2;
    private static final int THREAD_IDLE_MS = 10_000;
    private static final int BACKLOG = 64;
    private static final int HEADER_BYTES_MAX = 8 * 1024;
    private static final int FORM_BYTES_MAX = 16 * 1024;

    /** Nothing was sent or taken for so long: an open page is sent a comment more often than this. */
    private static final Duration IDLE_MAX = Duration.ofSeconds(40);

    private static final Duration COMMENT_EVERY = Duration.ofSeconds(15);
    private static final Duration SWEEP_EVERY = Duration.ofSeconds(1);
    private static final String EVENTS = "text/event-stream; charset=utf-8";
    private static final Set<String> LOOPBACK_NAMES = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private final Server server;
    private final ServerConnector connector;
    private final Connections connections;
    private final Credentials credentials;
    private final Site site;
    private final Supplier<Duration> time;
    private final Set<EventWriter> streams = ConcurrentHashMap.newKeySet();
    private final ScheduledFuture<?> sweeps;

    /**
     * What the server is made of.
     *
     * @param port 0 for any that is free
     * @param users whose connections are accepted
     * @param time how long ago some point in time was
     */
    public record Setup(int port, Credentials credentials, Peers peers, Set<String> users, Supplier<Duration> time) {}

    private WebServer(Setup setup, Connections.Limits limits, Site site) {
        this.credentials = setup.credentials();
        this.site = site;
        this.time = setup.time();
        this.connections = new Connections(limits, setup.peers(), setup.users(), setup.time());
        QueuedThreadPool threads = new QueuedThreadPool(
                THREADS_MAX, THREADS_MIN, THREAD_IDLE_MS, 0, null, null, Threads.factory("settle-dashboard"));
        threads.setDaemon(true);
        server = new Server(threads);
        server.setStopTimeout(0);
        connector = new LimitedConnector(server, new HttpConnectionFactory(http()), connections);
        connector.setPort(setup.port());
        connector.setAcceptQueueSize(BACKLOG);
        connector.setIdleTimeout(IDLE_MAX.toMillis());
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                receive(request, response, callback);
                return true;
            }
        });
        // Errors of requests that Jetty itself cannot read are answered without a page of its own.
        server.setErrorHandler((request, response, callback) -> {
            callback.succeeded();
            return true;
        });
        sweeps = Ticker.LOOKS.every(SWEEP_EVERY, this::sweep);
    }

    private static HttpConfiguration http() {
        HttpConfiguration http = new HttpConfiguration();
        http.setRequestHeaderSize(HEADER_BYTES_MAX);
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setSendDateHeader(false);
        // One request each: what a connection costs is known, and how long it may take.
        http.setPersistentConnectionsEnabled(false);
        return http;
    }

    /**
     * Starts to serve.
     *
     * @throws IOException when the port is taken
     */
    public static WebServer start(Setup setup, Site site) throws IOException {
        return start(setup, Connections.Limits.USUAL, site);
    }

    static WebServer start(Setup setup, Connections.Limits limits, Site site) throws IOException {
        WebServer web = new WebServer(setup, limits, site);
        boolean started = false;
        try {
            web.server.start();
            started = true;
            return web;
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        } finally {
            if (!started) {
                web.close();
            }
        }
    }

    public int port() {
        return connector.getLocalPort();
    }

    /** Where the pages are, with the token. */
    public String address() {
        return "http://127.0.0.1:" + port() + "/#token=" + credentials.token();
    }

    /** Refuses connections that have no place before a byte of them is read. */
    private static final class LimitedConnector extends ServerConnector {
        private final Connections connections;

        LimitedConnector(Server server, HttpConnectionFactory http, Connections connections) {
            super(server, 1, 1, http);
            this.connections = connections;
            addBean(new Connection.Listener() {
                @Override
                public void onOpened(Connection connection) {
                    EndPoint end = connection.getEndPoint();
                    if (end.getTransport() instanceof SocketChannel channel) {
                        connections.opened(channel, end);
                    }
                }
            });
        }

        /** IPv4 loopback and nothing else, whatever the name localhost means here. */
        @Override
        protected ServerSocketChannel openAcceptChannel() throws IOException {
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.INET);
            boolean bound = false;
            try {
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                channel.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), getPort()), BACKLOG);
                bound = true;
                return channel;
            } finally {
                if (!bound) {
                    channel.close();
                }
            }
        }

        @Override
        public void accept(int acceptor) throws IOException {
            if (!(getTransport() instanceof ServerSocketChannel listening) || !listening.isOpen()) {
                return;
            }
            SocketChannel channel = listening.accept();
            boolean kept = false;
            try {
                if (connections.admit(channel)) {
                    channel.configureBlocking(false);
                    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    getSelectorManager().accept(channel);
                    kept = true;
                }
            } finally {
                if (!kept) {
                    channel.close();
                }
            }
        }
    }

    private void sweep() {
        connections.sweep();
        Duration now = time.get();
        streams.forEach(stream -> stream.commentIfQuiet(now, COMMENT_EVERY));
    }

    private void receive(Request request, Response response, Callback callback) {
        boolean head = request.getMethod().equals("HEAD");
        if (!List.of("GET", "HEAD", "POST").contains(request.getMethod())) {
            response.getHeaders().put("Allow", "GET, HEAD, POST");
            send(WebAnswer.Document.plain(405, "The dashboard has no such method."), request, response, callback);
        } else if (!isLoopbackName(request)) {
            send(
                    WebAnswer.Document.plain(421, "This is settle's dashboard; it answers to 127.0.0.1 and localhost."),
                    request,
                    response,
                    callback);
        } else if (!isOfOurPages(request)) {
            send(
                    WebAnswer.Document.plain(403, "Another site asked for this; only the dashboard's own pages may."),
                    request,
                    response,
                    callback);
        } else if (head || request.getMethod().equals("GET")) {
            arrived(request);
            respond(request, response, callback, Map.of());
        } else {
            receiveForm(request, response, callback);
        }
    }

    private void receiveForm(Request request, Response response, Callback callback) {
        if (request.getLength() > FORM_BYTES_MAX) {
            send(WebAnswer.Document.plain(413, "That is too much for a form."), request, response, callback);
            return;
        }
        Content.Source.asByteArrayAsync(request, FORM_BYTES_MAX, new Promise.Invocable<byte[]>() {
            @Override
            public void succeeded(byte[] bytes) {
                arrived(request);
                respond(request, response, callback, fields(new String(bytes, StandardCharsets.UTF_8)));
            }

            @Override
            public void failed(Throwable why) {
                send(WebAnswer.Document.plain(413, "The form could not be read."), request, response, callback);
            }
        });
    }

    private void arrived(Request request) {
        connections.arrived(channel(request));
    }

    private static Object channel(Request request) {
        return request.getConnectionMetaData().getConnection().getEndPoint().getTransport();
    }

    private void respond(Request request, Response response, Callback callback, Map<String, String> form) {
        try {
            WebAnswer answer = answer(request, response, form);
            if (answer instanceof WebAnswer.Document document) {
                send(document, request, response, callback);
            } else if (request.getMethod().equals("HEAD")) {
                send(new WebAnswer.Document(200, EVENTS, ""), request, response, callback);
            } else {
                stream(((WebAnswer.Events) answer).source(), request, response, callback);
            }
        } catch (RuntimeException | Error e) {
            Threads.tell(e);
            send(
                    WebAnswer.Document.plain(500, "This is a defect in settle, not in your run: " + e),
                    request,
                    response,
                    callback);
        }
    }

    private WebAnswer answer(Request request, Response response, Map<String, String> form) {
        boolean post = request.getMethod().equals("POST");
        List<String> path = path(request);
        if (path.equals(List.of("session"))) {
            return post
                    ? exchanged(response, form)
                    : WebAnswer.Document.plain(hasCookie(request) ? 200 : 401, hasCookie(request) ? "yes" : "no");
        }
        if (!hasCookie(request)) {
            boolean page = !post
                    && Optional.ofNullable(request.getHeaders().get("Accept"))
                            .filter(accept -> accept.contains("text/html"))
                            .isPresent();
            return page
                    ? WebAnswer.Document.html(200, site.door())
                    : WebAnswer.Document.plain(401, "Open the whole address that settle dashboard printed.");
        }
        if (post && !credentials.isForm(form.getOrDefault("form", ""))) {
            return WebAnswer.Document.plain(403, "This form is of another dashboard: reload the page and try again.");
        }
        return site.answer(new WebRequest(
                post ? WebRequest.Method.POST : WebRequest.Method.GET,
                path,
                fields(Optional.ofNullable(request.getHttpURI().getQuery()).orElse("")),
                form));
    }

    private WebAnswer exchanged(Response response, Map<String, String> form) {
        if (!credentials.isToken(form.getOrDefault("token", ""))) {
            return WebAnswer.Document.plain(401, "This is not the token of this dashboard.");
        }
        response.getHeaders()
                .put("Set-Cookie", cookie() + "=" + credentials.session() + "; Path=/; HttpOnly; SameSite=Strict");
        return WebAnswer.Document.plain(200, "yes");
    }

    /** Headers that hold for every answer. */
    private void headers(Response response, String type) {
        response.getHeaders().put("Content-Type", type);
        response.getHeaders().put("Cache-Control", "no-store");
        response.getHeaders().put("Referrer-Policy", "no-referrer");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.getHeaders().put("X-Frame-Options", "DENY");
        response.getHeaders().put("Cross-Origin-Opener-Policy", "same-origin");
        response.getHeaders().put("Cross-Origin-Resource-Policy", "same-origin");
        response.getHeaders().put("Content-Security-Policy", site.policy());
    }

    private void send(WebAnswer.Document document, Request request, Response response, Callback callback) {
        connections.arrived(channel(request));
        response.setStatus(document.status());
        headers(response, document.type());
        response.write(true, BufferUtil.toBuffer(document.body(), StandardCharsets.UTF_8), callback);
    }

    private void stream(LiveSource source, Request request, Response response, Callback callback) {
        if (!connections.stream(channel(request))) {
            send(
                    WebAnswer.Document.plain(503, "Too many pages are open; close some of them."),
                    request,
                    response,
                    callback);
            return;
        }
        response.setStatus(200);
        headers(response, EVENTS);
        EventWriter writer = new EventWriter(source, response, callback, time, streams::remove);
        streams.add(writer);
        writer.begin();
    }

    /** Cookies know no ports: two dashboards of one user must not take each other's. */
    private String cookie() {
        return "settle_dashboard_" + port();
    }

    private boolean hasCookie(Request request) {
        for (String header : request.getHeaders().getValuesList("Cookie")) {
            for (String each : header.split(";", -1)) {
                String[] pair = each.strip().split("=", 2);
                if (pair.length == 2 && pair[0].equals(cookie()) && credentials.isSession(pair[1])) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String host(Request request) {
        List<String> hosts = request.getHeaders().getValuesList("Host");
        return hosts.size() == 1 ? hosts.get(0) : "";
    }

    private static boolean isLoopbackName(Request request) {
        return LOOPBACK_NAMES.contains(host(request).replaceFirst(":\\d{1,5}$", ""));
    }

    /**
     * Whether one of our pages asks, or nobody's: another port of this machine is the same site to a browser, so that it
     * sends the cookie along. Forms name their origin always, other requests say at least whether it is another one.
     */
    private static boolean isOfOurPages(Request request) {
        String origin = "http://" + host(request);
        Optional<String> named = Optional.ofNullable(request.getHeaders().get("Origin"));
        Optional<String> site = Optional.ofNullable(request.getHeaders().get("Sec-Fetch-Site"));
        if (request.getMethod().equals("POST")) {
            return named.filter(origin::equals).isPresent()
                    && site.filter(word -> !word.equals("same-origin")).isEmpty();
        }
        boolean visit = Optional.ofNullable(request.getHeaders().get("Sec-Fetch-Mode"))
                .filter("navigate"::equals)
                .isPresent();
        return named.filter(word -> !word.equals(origin)).isEmpty()
                && (visit
                        || site.filter(word -> !Set.of("same-origin", "none").contains(word))
                                .isEmpty());
    }

    /** The parts of the path. */
    private static List<String> path(Request request) {
        List<String> parts = new ArrayList<>();
        for (String part :
                Optional.ofNullable(request.getHttpURI().getPath()).orElse("").split("/", -1)) {
            if (!part.isEmpty()) {
                parts.add(decoded(part.replace("+", "%2B")));
            }
        }
        return parts;
    }

    private static Map<String, String> fields(String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String each : text.split("&", -1)) {
            String[] pair = each.split("=", 2);
            if (pair.length == 2) {
                fields.putIfAbsent(decoded(pair[0]), decoded(pair[1]));
            }
        }
        return fields;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    @Override
    public void close() {
        sweeps.cancel(false);
        IOException end = new IOException("the dashboard ends");
        streams.forEach(stream -> stream.abort(end));
        try {
            server.stop();
        } catch (Exception e) {
            // The process ends now, and the sockets with it.
            Threads.tell(e);
        }
    }
}
