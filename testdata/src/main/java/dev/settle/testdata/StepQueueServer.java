package dev.settle.testdata;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in for the metered step queue, over real HTTP on loopback.
 *
 * <p>It plays the service faithfully ({@link StepQueueModel}) unless a test scripts what the nth call of a route does
 * instead. Every request is kept, headers included.
 */
public final class StepQueueServer implements AutoCloseable {
    /** The calls of the protocol. */
    public enum Route {
        START,
        STATUS,
        TASKS,
        CLAIM,
        SUGGEST,
        HEARTBEAT,
        TERMINATE,
        RESUME,
        BALANCE,
        CHECKOUT,
        AUTO_TOPUP,
        UNKNOWN
    }

    /** One request as it arrived; {@code sinceStart} in nanoseconds. */
    public record Seen(
            Route route,
            String method,
            String path,
            String query,
            Map<String, String> headers,
            String body,
            long nanos) {}

    /** What a scripted call does with the model's answer. */
    @FunctionalInterface
    interface Act {
        void answer(StepQueueServer server, HttpExchange exchange, Runnable land, StepQueueModel.Answer[] landed)
                throws IOException, InterruptedException;
    }

    /** What one call does instead of what the service would do. */
    public static final class Behaviour {
        final Act act;

        private Behaviour(Act act) {
            this.act = act;
        }

        /** An answer of this status and body; the service itself hears nothing of the call. */
        public static Behaviour status(int status, String body) {
            return new Behaviour((server, exchange, land, landed) -> send(exchange, status, body));
        }

        /** The service does it and its answer is replaced. */
        public static Behaviour landsThenStatus(int status, String body) {
            return new Behaviour((server, exchange, land, landed) -> {
                land.run();
                send(exchange, status, body);
            });
        }

        /** The service does it and answers, after a while. */
        public static Behaviour delayMillis(long millis) {
            return new Behaviour((server, exchange, land, landed) -> {
                server.closed.await(millis, java.util.concurrent.TimeUnit.MILLISECONDS);
                land.run();
                send(exchange, landed[0].status(), PlainJson.write(landed[0].body()));
            });
        }

        /** Nothing is ever answered; the service hears nothing of the call. */
        public static Behaviour hang() {
            return new Behaviour((server, exchange, land, landed) -> server.closed.await());
        }

        /** The service does it; nothing is ever answered. */
        public static Behaviour landsThenHang() {
            return new Behaviour((server, exchange, land, landed) -> {
                land.run();
                server.closed.await();
            });
        }

        /** The service does it; the connection breaks in the middle of its answer. */
        public static Behaviour resetMidBody() {
            return new Behaviour((server, exchange, land, landed) -> {
                land.run();
                byte[] body = PlainJson.write(landed[0].body()).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(landed[0].status(), body.length + 1L);
                exchange.getResponseBody().write(body, 0, body.length / 2);
                exchange.getResponseBody().flush();
                exchange.close();
            });
        }

        /** The connection breaks before any answer; the service heard nothing. */
        public static Behaviour drop() {
            return new Behaviour((server, exchange, land, landed) -> exchange.close());
        }

        /** Another location is named. */
        public static Behaviour redirect(int status, String location) {
            return new Behaviour((server, exchange, land, landed) -> {
                exchange.getResponseHeaders().set("Location", location);
                send(exchange, status, "{}");
            });
        }

        /** Of words, for the command line: {@code 503}, {@code hang}, {@code drop}, {@code reset}, {@code delay=MS}. */
        static Behaviour ofWords(String words) {
            if (words.startsWith("delay=")) {
                return delayMillis(Long.parseLong(words.substring("delay=".length())));
            }
            return switch (words) {
                case "hang" -> hang();
                case "drop" -> drop();
                case "reset" -> resetMidBody();
                default -> status(Integer.parseInt(words), "{\"detail\": \"scripted\"}");
            };
        }
    }

    static {
        // Headers and body are two writes; with Nagle's algorithm the second waits 40 ms for an acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer http;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final StepQueueModel model = new StepQueueModel();
    private final List<Seen> seen = new ArrayList<>();
    private final Map<Route, Map<Integer, Behaviour>> script = new HashMap<>();
    private final Map<Route, Behaviour> always = new HashMap<>();
    private final Map<Route, Integer> calls = new HashMap<>();
    private Optional<String> token = Optional.empty();

    private StepQueueServer(HttpServer http) {
        this.http = http;
    }

    /** Starts on a free port of loopback. */
    public static StepQueueServer start() throws IOException {
        return start(0);
    }

    private static StepQueueServer start(int port) throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        StepQueueServer server = new StepQueueServer(http);
        http.setExecutor(server.threads);
        http.createContext("/", server::handle);
        http.start();
        return server;
    }

    /** The base URL, which ends in {@code /v1}. */
    public String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort() + "/v1";
    }

    /** Calls without this token are answered by 401. */
    public StepQueueServer token(String wanted) {
        token = Optional.of(wanted);
        return this;
    }

    /** Scripts one call: the nth (from 1) of a route. */
    public synchronized StepQueueServer on(Route route, int nth, Behaviour behaviour) {
        script.computeIfAbsent(route, r -> new HashMap<>()).put(nth, behaviour);
        return this;
    }

    /** Scripts every call of a route that is not scripted by its number. */
    public synchronized StepQueueServer always(Route route, Behaviour behaviour) {
        always.put(route, behaviour);
        return this;
    }

    /** The service is itself again. */
    public synchronized StepQueueServer unscripted() {
        script.clear();
        always.clear();
        return this;
    }

    /** The candidate of each step, made of the source that was sent. */
    public StepQueueServer candidates(
            java.util.function.BiFunction<Map<String, String>, Integer, Map<String, String>> maker) {
        model.candidates(maker);
        return this;
    }

    /** How many tasks may be ready or claimed at once. */
    public StepQueueServer readyAhead(int count) {
        model.readyAhead(count);
        return this;
    }

    public StepQueueServer balance(double credits) {
        model.balance(credits);
        return this;
    }

    /** Where a top-up is paid; none for a service that cannot say. */
    public StepQueueServer checkout(Optional<String> link) {
        model.checkout(link);
        return this;
    }

    public void setStatus(String run, String status) {
        model.status(run, status);
    }

    public Optional<String> status(String run) {
        return model.status(run);
    }

    public List<String> runs() {
        return model.runIds();
    }

    /** The outputs that the service has of a run, by step. */
    public Map<Integer, String> outputs(String run) {
        return model.outputs(run);
    }

    /** The bodies of all terminate calls, each with the status that the run had before. */
    public List<Map<String, @Nullable Object>> terminations() {
        return model.terminations();
    }

    public Map<String, @Nullable Object> autoTopup() {
        return model.autoTopup();
    }

    /** Starts a run as a client would, so that others can attach to it. */
    public String startRun(Map<String, String> source, String metric, int steps) {
        model.start(new LinkedHashMap<>(Map.of(
                "source_code",
                source,
                "objective",
                Map.of("metric_name", metric, "maximize", true, "evaluation_command", "true"),
                "optimizer",
                Map.of("steps", (double) steps))));
        List<String> runs = model.runIds();
        return runs.get(runs.size() - 1);
    }

    public synchronized List<Seen> seen() {
        return List.copyOf(seen);
    }

    public synchronized List<Seen> seen(Route route) {
        return seen.stream().filter(s -> s.route() == route).toList();
    }

    @Override
    public void close() {
        closed.countDown();
        http.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String path = exchange.getRequestURI().getPath();
        Route route = route(exchange.getRequestMethod(), path);
        Optional<Behaviour> scripted = note(exchange, route, body);
        StepQueueModel.Answer[] landed = new StepQueueModel.Answer[1];
        Runnable land = () -> landed[0] = answer(route, exchange, path, body);
        try {
            if (scripted.isPresent()) {
                scripted.get().act.answer(this, exchange, land, landed);
            } else {
                land.run();
                send(exchange, landed[0].status(), PlainJson.write(landed[0].body()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalArgumentException e) {
            send(
                    exchange,
                    422,
                    PlainJson.write(Map.of("detail", List.of(Map.of("msg", String.valueOf(e.getMessage()))))));
        } finally {
            exchange.close();
        }
    }

    private synchronized Optional<Behaviour> note(HttpExchange exchange, Route route, String body) {
        Map<String, String> headers = new LinkedHashMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, String.join(", ", values)));
        seen.add(new Seen(
                route,
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse(""),
                headers,
                body,
                System.nanoTime()));
        int nth = calls.merge(route, 1, Integer::sum);
        Behaviour numbered = script.getOrDefault(route, Map.of()).get(nth);
        return Optional.ofNullable(numbered).or(() -> Optional.ofNullable(always.get(route)));
    }

    private StepQueueModel.Answer answer(Route route, HttpExchange exchange, String path, String body) {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (token.isPresent() && !("Bearer " + token.get()).equals(authorization)) {
            return StepQueueModel.Answer.error(401, "Invalid or expired token");
        }
        String[] parts = path.split("/");
        String id = parts.length > 3 ? parts[3] : "";
        String query = Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("");
        return switch (route) {
            case START -> model.start(PlainJson.object(body));
            case STATUS ->
                model.status(id, query.toLowerCase(java.util.Locale.ROOT).contains("include_history=true"));
            case TASKS -> model.tasks(query.replaceFirst(".*run_id=([^&]*).*", "$1"));
            case CLAIM -> model.claim(id);
            case SUGGEST -> model.suggest(id, PlainJson.object(body));
            case HEARTBEAT -> model.heartbeat(id);
            case TERMINATE -> model.terminate(id, PlainJson.object(body));
            case RESUME -> model.resume(id, PlainJson.object(body));
            case BALANCE -> model.balance();
            case CHECKOUT -> model.checkout();
            case AUTO_TOPUP -> model.autoTopup(PlainJson.object(body));
            case UNKNOWN -> StepQueueModel.Answer.error(404, "Not Found");
        };
    }

    private static Route route(String method, String path) {
        String call = method + " "
                + path.replaceFirst("^/v1/runs/[^/]+", "/v1/runs/ID")
                        .replaceFirst("^/v1/execution-tasks/[^/]+", "/v1/execution-tasks/ID");
        return switch (call) {
            case "POST /v1/runs/" -> Route.START;
            case "GET /v1/runs/ID" -> Route.STATUS;
            case "GET /v1/execution-tasks/" -> Route.TASKS;
            case "POST /v1/execution-tasks/ID/claim" -> Route.CLAIM;
            case "POST /v1/runs/ID/suggest" -> Route.SUGGEST;
            case "PUT /v1/runs/ID/heartbeat" -> Route.HEARTBEAT;
            case "POST /v1/runs/ID/terminate" -> Route.TERMINATE;
            case "POST /v1/runs/ID/resume" -> Route.RESUME;
            case "GET /v1/billing/balance" -> Route.BALANCE;
            case "POST /v1/billing/topup/checkout" -> Route.CHECKOUT;
            case "GET /v1/billing/auto-topup", "POST /v1/billing/auto-topup" -> Route.AUTO_TOPUP;
            default -> Route.UNKNOWN;
        };
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /**
     * As a process: {@code StepQueueServer [PORT] [ROUTE:NTH:BEHAVIOUR]...}, for instance {@code 8080 suggest:2:402
     * heartbeat:*:503}. Prints its base URL and serves until it is killed.
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        StepQueueServer server = start(args.length == 0 ? 0 : Integer.parseInt(args[0]));
        for (int i = 1; i < args.length; i++) {
            String[] words = args[i].split(":", 3);
            Route route = Route.valueOf(words[0].toUpperCase(java.util.Locale.ROOT));
            Behaviour behaviour = Behaviour.ofWords(words[2]);
            if (words[1].equals("*")) {
                server.always(route, behaviour);
            } else {
                server.on(route, Integer.parseInt(words[1]), behaviour);
            }
        }
        System.out.println(server.url());
        server.closed.await();
    }
}
