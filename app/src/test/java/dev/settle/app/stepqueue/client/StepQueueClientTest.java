package dev.settle.app.stepqueue.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.settle.testdata.StepQueueServer;
import dev.settle.testdata.StepQueueServer.Behaviour;
import dev.settle.testdata.StepQueueServer.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls over real HTTP on loopback. */
final class StepQueueClientTest {
    private static final String TOKEN = "secret-token-1234";
    private static final QueueLimits QUICK = new QueueLimits(
            Duration.ofSeconds(2),
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            Duration.ofMillis(500),
            5,
            Duration.ofSeconds(30),
            Duration.ofHours(1),
            Duration.ofSeconds(60));

    private StepQueueServer server;
    private StepQueueClient client;

    @BeforeEach
    void start() throws IOException {
        server = StepQueueServer.start().token(TOKEN);
        client = client(server.url(), Map.of());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static StepQueueClient client(String url, Map<String, String> env) {
        return client(url, env, QueueLimits.DEFAULT);
    }

    private static StepQueueClient client(String url, Map<String, String> env, QueueLimits limits) {
        return new StepQueueClient(StepQueueClient.base(url), Optional.of(TOKEN), env, "0.0.0", limits);
    }

    private Answer<ServiceBodies.Started> startRun(int steps) {
        return client.start(
                Map.of("model.py", "x = 1\n"),
                Map.of("metric_name", "score", "maximize", true, "evaluation_command", "true"),
                OptionalInt.of(steps),
                Optional.of(Duration.ofSeconds(10)),
                Map.of("settle_run", "abc"));
    }

    @Test
    void wholeProtocolIsSpokenOnce() {
        String run = startRun(2).body().orElseThrow().run();
        assertThat(client.heartbeat(run).body()).isPresent();
        String task = client.tasks(run).body().orElseThrow().ready().get(0);
        assertThat(client.claim(task).body().orElseThrow().code()).containsEntry("model.py", "x = 1\n# step 0\n");
        ServiceBodies.Taken taken = client.suggest(run, task, "score: 0.5\n", Map.of("exit_code", 0))
                .body()
                .orElseThrow();
        assertThat(taken.done()).isFalse();
        assertThat(taken.metric()).hasValue(0.5);
        ServiceBodies.RunLook look =
                client.look(run, StepQueueClient.History.WITH).body().orElseThrow();
        assertThat(look.status()).isEqualTo("running");
        assertThat(look.step()).isEqualTo(1);
        assertThat(look.nodes()).hasSize(2);
        assertThat(look.nodes().get(0).evaluated()).isTrue();
        assertThat(look.nodes().get(1).evaluated()).isFalse();
        assertThat(look.best().orElseThrow().metric()).hasValue(0.5);
        assertThat(client.terminate(run, "terminated", "driver_stopped", "SIGTERM")
                        .body())
                .isPresent();
        assertThat(client.resume(run, Map.of()).body()).isPresent();
        assertThat(client.balance().body()).contains(OptionalDouble.of(100));
        assertThat(client.checkout(10).body()).contains(Optional.of("https://pay.example/checkout/1"));
        assertThat(client.autoTopup().body().orElseThrow().enabled()).isFalse();
        ServiceBodies.AutoTopup wanted =
                new ServiceBodies.AutoTopup(Optional.of(true), OptionalDouble.of(5), OptionalDouble.of(20));
        assertThat(client.autoTopup(wanted).body().orElseThrow().enabled()).isTrue();
    }

    @Test
    void tokenTravelsInTheHeaderAlone() {
        String run = startRun(1).body().orElseThrow().run();
        client.tasks(run);
        assertThat(server.seen()).hasSize(2).allSatisfy(request -> {
            assertThat(request.headers()).containsEntry("Authorization", "Bearer " + TOKEN);
            assertThat(request.path() + request.query() + request.body()).doesNotContain(TOKEN);
        });
        assertThat(client).asString().doesNotContain(TOKEN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "402 | {\"detail\": \"Insufficient credits\"} | Insufficient credits",
                "402 | {\"detail\": {\"message\": \"No credits left\", \"suggestion\": \"Top up\", \"error_code\": \"x\"}}"
                        + " | No credits left; Top up",
                "402 | {\"detail\": {\"error\": \"spent\"}} | spent",
                "402 | {\"detail\": {\"msg\": \"spent\"}} | spent",
                "402 | {\"detail\": [{\"msg\": \"first\"}, \"second\"]} | first; second",
                "402 | {\"message\": \"no detail here\"} | no detail here",
                "402 | <html><body>Payment Required</body></html> | Payment Required",
                "402 | `` | HTTP 402",
                "402 | {} | HTTP 402",
                "403 | {\"detail\": {\"message\": \"no\", \"error_code\": \"insufficient_credits\"}} | no",
                "400 | {\"detail\": {\"message\": \"no\", \"error_code\": \"OUT_OF_CREDITS\"}} | no",
                "429 | {\"detail\": [{\"msg\": \"no\", \"type\": \"credits_exhausted\"}]} | no",
                "409 | {\"detail\": \"run ended\", \"error_code\": \"payment_required\"} | run ended",
            })
    void creditsAreRecognisedInEveryShape(int status, String body, String words) {
        server.on(Route.BALANCE, 1, Behaviour.status(status, body));
        CallFailure failure = client.balance().failure().orElseThrow();
        assertThat(failure.kind()).isEqualTo(CallFailure.Kind.OUT_OF_CREDITS);
        assertThat(failure.words()).isEqualTo(words);
        assertThat(failure.status()).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"detail\": \"your credits are fine, the token lacks a right\"}",
                "{\"detail\": {\"message\": \"out of credits? no\", \"error_code\": \"forbidden\"}}",
                "{\"detail\": {\"message\": \"declined\", \"error_code\": \"credit_card_declined\"}}",
                "{\"detail\": {\"message\": \"bad\", \"error_code\": \"credentials_invalid\"}}"
            })
    void looseTextNeverSaysCredits(String body) {
        server.on(Route.BALANCE, 1, Behaviour.status(403, body));
        assertThat(client.balance().failure().orElseThrow().kind()).isEqualTo(CallFailure.Kind.NOT_AUTHORISED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"detail\": {\"message\": \"m\", \"topup_url\": \"https://top.example/up\"}} | https://top.example/up",
                "{\"detail\": {\"message\": \"m\", \"suggestion\": \"Go to https://top.example/up.\"}} | https://top.example/up",
                "{\"detail\": \"see https://top.example/up\"} | https://top.example/up",
                "{\"detail\": [{\"msg\": \"m\", \"link\": \"https://top.example/up\"}]} | https://top.example/up",
                "{\"detail\": \"m\", \"checkout_url\": \"https://top.example/up\"} | https://top.example/up",
            })
    void linkOfTheServiceIsFound(String body, String link) {
        server.on(Route.BALANCE, 1, Behaviour.status(402, body));
        assertThat(client.balance().failure().orElseThrow().link()).contains(link);
    }

    @ParameterizedTest
    @CsvSource({
        "401, NOT_AUTHORISED",
        "403, NOT_AUTHORISED",
        "404, REFUSED",
        "409, CONFLICT",
        "422, REFUSED",
        "429, UNAVAILABLE",
        "500, UNAVAILABLE",
        "502, UNAVAILABLE",
        "503, UNAVAILABLE",
        "504, UNAVAILABLE"
    })
    void statusesMeanWhatTheProtocolSays(int status, CallFailure.Kind kind) {
        server.on(Route.TASKS, 1, Behaviour.status(status, "{\"detail\": \"why\"}"));
        CallFailure failure = client.tasks("run-1").failure().orElseThrow();
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.text()).isEqualTo("GET /execution-tasks/: " + status + ", why");
    }

    @Test
    void wrongTokenIsNotAuthorisedAndNeverShown() {
        server.on(Route.BALANCE, 1, Behaviour.status(401, "{\"detail\": \"bad token Bearer " + TOKEN + "\"}"));
        CallFailure failure = client.balance().failure().orElseThrow();
        assertThat(failure.kind()).isEqualTo(CallFailure.Kind.NOT_AUTHORISED);
        assertThat(failure.words()).isEqualTo("bad token Bearer ***");
    }

    @Test
    void hangEndsWithItsLimit() {
        server.on(Route.TASKS, 1, Behaviour.hang());
        CallFailure failure =
                client(server.url(), Map.of(), QUICK).tasks("run-1").failure().orElseThrow();
        assertThat(failure.kind()).isEqualTo(CallFailure.Kind.UNAVAILABLE);
        assertThat(failure.words()).isEqualTo("no answer within 500 ms");
    }

    @Test
    void bodyThatBreaksOffIsNoAnswer() {
        String run = startRun(2).body().orElseThrow().run();
        server.on(Route.TASKS, 1, Behaviour.resetMidBody());
        CallFailure failure = client.tasks(run).failure().orElseThrow();
        assertThat(failure.kind()).isEqualTo(CallFailure.Kind.UNAVAILABLE);
        assertThat(failure.words()).startsWith("the connection broke");
    }

    @Test
    void startWhoseAnswerBreaksOffAfterTheIdIsNotLost() {
        server.on(Route.START, 1, Behaviour.resetMidBody());
        assertThat(startRun(2).body().orElseThrow().run()).isEqualTo("run-1");
    }

    @Test
    void refusedConnectionIsUnavailable() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        CallFailure failure = client("http://127.0.0.1:" + port + "/v1", Map.of())
                .balance()
                .failure()
                .orElseThrow();
        assertThat(failure.kind()).isEqualTo(CallFailure.Kind.UNAVAILABLE);
        assertThat(failure.words()).isEqualTo("connection refused");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "not json", "[]", "{\"tasks\": 3}", "{\"run\": {}}", "{\"tasks\": [{}]}", "{\"a\":1}{}"})
    void nonsenseIsNoEmptyList(String body) {
        server.on(Route.TASKS, 1, Behaviour.status(200, body));
        assertThat(client.tasks("run-1").failure().orElseThrow().kind()).isEqualTo(CallFailure.Kind.UNAVAILABLE);
    }

    @Test
    void hugeAnswerIsCutOff() {
        server.on(Route.TASKS, 1, Behaviour.status(200, "{\"tasks\": [], \"x\": \"" + "y".repeat(17 << 20) + "\"}"));
        assertThat(client.tasks("run-1").failure().orElseThrow().words()).contains("larger than 16777216 bytes");
    }

    @Test
    void redirectOnTheSameHostIsFollowed() {
        String run = startRun(1).body().orElseThrow().run();
        server.on(Route.TASKS, 1, Behaviour.redirect(307, "/v1/execution-tasks/?run_id=" + run + "&again=1"));
        assertThat(client.tasks(run).body().orElseThrow().ready()).hasSize(1);
    }

    @Test
    void redirectOffTheHostIsNotFollowedAndTheTokenStays() throws IOException {
        List<String> elsewhere = new CopyOnWriteArrayList<>();
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/", exchange -> {
            elsewhere.add(exchange.getRequestHeaders().entrySet().toString());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        other.start();
        try {
            server.on(
                    Route.TASKS,
                    1,
                    Behaviour.redirect(
                            302, "http://127.0.0.1:" + other.getAddress().getPort() + "/v1/x"));
            CallFailure failure = client.tasks("run-1").failure().orElseThrow();
            assertThat(failure.kind()).isEqualTo(CallFailure.Kind.REFUSED);
            assertThat(failure.words()).contains("not followed");
            assertThat(elsewhere).isEmpty();
        } finally {
            other.stop(0);
        }
    }

    @Test
    void redirectInACircleEnds() {
        server.always(Route.TASKS, Behaviour.redirect(307, "/v1/execution-tasks/?again=1"));
        assertThat(client.tasks("run-1").failure().orElseThrow().kind()).isEqualTo(CallFailure.Kind.REFUSED);
        assertThat(server.seen(Route.TASKS)).hasSizeLessThan(6);
    }

    @Test
    void proxyOfTheEnvironmentIsAsked() throws IOException {
        AtomicReference<String> asked = new AtomicReference<>("");
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            asked.set(exchange.getRequestURI().toString());
            byte[] body = "{\"balance_credits\": 7}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        proxy.start();
        try {
            Map<String, String> env = Map.of(
                    "http_proxy", "http://127.0.0.1:" + proxy.getAddress().getPort());
            assertThat(client("http://queue.example/v1", env).balance().body()).contains(OptionalDouble.of(7));
            assertThat(asked.get()).isEqualTo("http://queue.example/v1/billing/balance");
        } finally {
            proxy.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:80/v1, DIRECT",
        "http://localhost/v1, DIRECT",
        "http://a.inside.example/v1, DIRECT",
        "http://inside.example/v1, DIRECT",
        "http://notinside.example/v1, PROXY",
        "https://queue.example/v1, PROXY",
        "https://exact.example:8443/v1, DIRECT"
    })
    void noProxyAndLoopbackAreAskedDirectly(String url, String way) {
        EnvironmentProxies proxies = new EnvironmentProxies(Map.of(
                "http_proxy",
                "proxy.example:3128",
                "HTTPS_PROXY",
                "http://proxy.example:3128",
                "NO_PROXY",
                ".inside.example, exact.example:8443"));
        boolean direct = proxies.select(URI.create(url)).equals(List.of(java.net.Proxy.NO_PROXY));
        assertThat(direct ? "DIRECT" : "PROXY").isEqualTo(way);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "queue.example", "ftp://queue.example", "https://user:pw@queue.example/v1", "https://a b"})
    void urlThatIsNoneIsRefused(String url) {
        assertThatThrownBy(() -> StepQueueClient.base(url)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void urlWithoutAPathGetsTheVersion() {
        assertThat(StepQueueClient.base("https://queue.example/")).hasToString("https://queue.example/v1");
        assertThat(StepQueueClient.base("https://queue.example/api/v1/")).hasToString("https://queue.example/api/v1");
    }

    @Test
    void interruptedCallIsGivenUpAtOnce() throws InterruptedException {
        server.on(Route.BALANCE, 1, Behaviour.hang());
        AtomicReference<CallFailure> failure = new AtomicReference<>();
        Thread caller = new Thread(() -> failure.set(client.balance().failure().orElseThrow()));
        caller.start();
        caller.interrupt();
        caller.join(5_000);
        assertThat(failure.get().words()).isEqualTo("given up");
    }

    @Test
    void wordsOfTheServiceCannotSteerATerminal() {
        server.on(Route.BALANCE, 1, Behaviour.status(402, "{\"detail\": \"a\\u001b[31m\\nb\"}"));
        assertThat(client.balance().failure().orElseThrow().words()).isEqualTo("a [31m b");
    }
}
