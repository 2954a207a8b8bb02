package dev.settle.app.stepqueue.client;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The calls of the step queue's protocol, each sent once. They block within their limit; a failure is an answer. An
 * interrupted thread gives its call up at once.
 *
 * <p>HTTP/1.1, certificates verified, the token in the {@code Authorization} header and nowhere else.
 */
public final class StepQueueClient {
    /** Where the token is when the run file names no variable. */
    public static final String TOKEN_ENV = "SETTLE_QUEUE_TOKEN";

    /** Candidates are source files; a history holds many. More than this is refused, so that memory stays bounded. */
    static final int BODY_BYTES_MAX = 16 << 20;

    private static final int REDIRECTS_MAX = 3;
    private static final Pattern RUN_ID = Pattern.compile("\"run_id\"\\s*:\\s*\"([^\"\\\\]{1,200})\"");

    /** One call; {@code call} is what messages name it. */
    private record Call(String call, String method, String path, Optional<String> body, Duration limit) {}

    private final URI base;
    private final Optional<String> token;
    private final String version;
    private final QueueLimits limits;
    private final HttpClient http;

    /**
     * @param base the base URL, checked by {@link #base(String)}
     * @param token goes into the header; absent means that none is sent
     * @param env where proxies are named
     * @param version ours, for the service's records
     */
    public StepQueueClient(
            URI base, Optional<String> token, Map<String, String> env, String version, QueueLimits limits) {
        this.base = base;
        this.token = token;
        this.version = version;
        this.limits = limits;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(limits.connect())
                .proxy(new EnvironmentProxies(env))
                .build();
    }

    /**
     * A client for an address as users write it.
     *
     * @param tokenEnv the variable that holds the token; absent means {@value #TOKEN_ENV}, which may be unset
     * @param problems takes what keeps it from being one; then the result is empty or of no use
     */
    public static Optional<StepQueueClient> open(
            String url,
            Optional<String> tokenEnv,
            Map<String, String> variables,
            String version,
            QueueLimits limits,
            List<String> problems) {
        Optional<String> token = Optional.ofNullable(variables.get(tokenEnv.orElse(TOKEN_ENV)))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
        if (tokenEnv.isPresent() && token.isEmpty()) {
            problems.add("the environment variable " + tokenEnv.get() + ", which is to hold the token, is not set");
        }
        if (token.filter(text -> !text.chars().allMatch(c -> c > ' ' && c < 0x7F))
                .isPresent()) {
            problems.add(
                    "the environment variable " + tokenEnv.orElse(TOKEN_ENV) + " holds characters that no token has");
        }
        try {
            return Optional.of(new StepQueueClient(base(url), token, variables, version, limits));
        } catch (IllegalArgumentException e) {
            problems.add("queue.url: " + e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * The base URL as users write it, brought into one form.
     *
     * @throws IllegalArgumentException when it is none; the text says why
     */
    public static URI base(String text) {
        URI uri;
        try {
            uri = URI.create(text.strip().replaceAll("/+$", ""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a URL: " + text, e);
        }
        String scheme = Optional.ofNullable(uri.getScheme()).orElse("");
        if (!(scheme.equals("https") || scheme.equals("http")) || uri.getHost() == null) {
            throw new IllegalArgumentException("not an http or https URL: " + text);
        }
        if (uri.getUserInfo() != null || uri.getQuery() != null || uri.getFragment() != null) {
            throw new IllegalArgumentException("a queue's URL has neither user, query nor fragment: " + uri.getHost());
        }
        return Optional.ofNullable(uri.getPath()).orElse("").isEmpty() ? URI.create(uri + "/v1") : uri;
    }

    /** Where the service can be told to top up by itself. */
    public String autoTopupUrl() {
        return base + "/billing/auto-topup";
    }

    /** @param metadata further words for the service's records, such as our own id of the run */
    public Answer<ServiceBodies.Started> start(
            Map<String, String> source,
            Map<String, ?> objective,
            OptionalInt steps,
            Optional<Duration> evalTimeout,
            Map<String, ?> metadata) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("source_code", source);
        body.put("objective", objective);
        body.put("optimizer", steps.isPresent() ? Map.of("steps", steps.getAsInt()) : Map.of());
        body.put("eval_timeout", evalTimeout.map(Duration::toSeconds).orElse(null));
        body.put("metadata", metadata(metadata));
        return call(post("POST /runs/", "/runs/", body, limits.slow()), ServiceBodies.Started.class);
    }

    public Answer<ServiceBodies.RunLook> look(String run, History history) {
        String query = history == History.WITH ? "?include_history=true" : "?include_history=false";
        return call(get("GET /runs/{id}", "/runs/" + id(run) + query), ServiceBodies.RunLook.class);
    }

    /** Whether a look brings all nodes. */
    public enum History {
        WITH,
        WITHOUT
    }

    public Answer<ServiceBodies.Tasks> tasks(String run) {
        return call(get("GET /execution-tasks/", "/execution-tasks/?run_id=" + id(run)), ServiceBodies.Tasks.class);
    }

    public Answer<ServiceBodies.Revision> claim(String task) {
        return call(
                        new Call(
                                "POST /execution-tasks/{id}/claim",
                                "POST",
                                "/execution-tasks/" + id(task) + "/claim",
                                Optional.empty(),
                                limits.quick()),
                        ServiceBodies.Claimed.class)
                .map(ServiceBodies.Claimed::revision);
    }

    public Answer<ServiceBodies.Taken> suggest(String run, String task, String output, Map<String, ?> metadata) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("execution_output", output);
        body.put("task_id", task);
        body.put("metadata", metadata(metadata));
        return call(
                post("POST /runs/{id}/suggest", "/runs/" + id(run) + "/suggest", body, limits.slow()),
                ServiceBodies.Taken.class);
    }

    public Answer<ServiceBodies.Done> heartbeat(String run) {
        return call(
                new Call(
                        "PUT /runs/{id}/heartbeat",
                        "PUT",
                        "/runs/" + id(run) + "/heartbeat",
                        Optional.empty(),
                        limits.quick()),
                ServiceBodies.Done.class);
    }

    public Answer<ServiceBodies.Done> terminate(String run, String status, String reason, Optional<String> details) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("status_update", status);
        body.put("termination_reason", reason);
        body.put("termination_details", details.orElse(null));
        return call(
                post("POST /runs/{id}/terminate", "/runs/" + id(run) + "/terminate", body, limits.closing()),
                ServiceBodies.Done.class);
    }

    public Answer<ServiceBodies.Done> resume(String run, Map<String, ?> metadata) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("metadata", metadata(metadata));
        return call(
                post("POST /runs/{id}/resume", "/runs/" + id(run) + "/resume", body, limits.slow()),
                ServiceBodies.Done.class);
    }

    public Answer<OptionalDouble> balance() {
        return call(get("GET /billing/balance", "/billing/balance"), ServiceBodies.Balance.class)
                .map(ServiceBodies.Balance::credits);
    }

    public Answer<Optional<String>> checkout(double amount) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("amount", amount);
        return call(
                        post("POST /billing/topup/checkout", "/billing/topup/checkout", body, limits.closing()),
                        ServiceBodies.Checkout.class)
                .map(checkout -> checkout.url().map(url -> ErrorBody.clean(url, ErrorBody.WORDS_MAX)));
    }

    public Answer<ServiceBodies.AutoTopup> autoTopup() {
        return call(get("GET /billing/auto-topup", "/billing/auto-topup"), ServiceBodies.AutoTopup.class);
    }

    public Answer<ServiceBodies.AutoTopup> autoTopup(ServiceBodies.AutoTopup wanted) {
        return call(
                post("POST /billing/auto-topup", "/billing/auto-topup", wanted, limits.quick()),
                ServiceBodies.AutoTopup.class);
    }

    private Map<String, @Nullable Object> metadata(Map<String, ?> more) {
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        metadata.put("client_name", "settle");
        metadata.put("client_version", version);
        metadata.putAll(more);
        return metadata;
    }

    private Call get(String call, String path) {
        return new Call(call, "GET", path, Optional.empty(), limits.quick());
    }

    private static Call post(String call, String path, Object body, Duration limit) {
        return new Call(call, "POST", path, Optional.of(QueueJson.write(body)), limit);
    }

    private static String id(String raw) {
        return URLEncoder.encode(raw, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private <T> Answer<T> call(Call call, Class<T> type) {
        URI uri = URI.create(base + call.path());
        for (int hop = 0; hop <= REDIRECTS_MAX; hop++) {
            BoundedBody body = new BoundedBody(BODY_BYTES_MAX);
            Exchange exchange = send(call, uri, body);
            if (exchange.failure.isPresent()) {
                Optional<T> rescued = rescued(call, exchange, body, type);
                return rescued.isPresent() ? Answer.of(rescued.get()) : Answer.failed(exchange.failure.get());
            }
            HttpResponse<byte[]> response = exchange.response();
            if (response.statusCode() / 100 != 3) {
                return read(call, response, type);
            }
            Optional<URI> next = redirect(call, uri, response);
            if (next.isEmpty()) {
                return refusedRedirect(call, uri, response);
            }
            uri = next.get();
        }
        return Answer.failed(
                new CallFailure(CallFailure.Kind.REFUSED, call.call(), 0, "redirects in a circle", Optional.empty()));
    }

    /** What came of sending: a response or a failure. */
    private record Exchange(Optional<HttpResponse<byte[]>> answered, Optional<CallFailure> failure, int status) {
        HttpResponse<byte[]> response() {
            return answered.orElseThrow();
        }
    }

    private Exchange send(Call call, URI uri, BoundedBody body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .header("Accept", "application/json")
                .header("User-Agent", "settle/" + version)
                .method(
                        call.method(),
                        call.body()
                                .map(HttpRequest.BodyPublishers::ofString)
                                .orElse(HttpRequest.BodyPublishers.noBody()));
        call.body().ifPresent(text -> request.header("Content-Type", "application/json"));
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        int[] status = new int[1];
        CompletableFuture<HttpResponse<byte[]>> future = http.sendAsync(request.build(), info -> {
            status[0] = info.statusCode();
            return body;
        });
        try {
            // The JDK's own request timeout ends with the headers; a body may hang as well.
            return new Exchange(
                    Optional.of(future.get(call.limit().toNanos(), TimeUnit.NANOSECONDS)), Optional.empty(), status[0]);
        } catch (TimeoutException e) {
            future.cancel(true);
            return failed(call, status[0], "no answer within " + seconds(call.limit()));
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            return failed(call, status[0], "given up");
        } catch (ExecutionException e) {
            return failed(call, status[0], ConnectionFailures.words(e.getCause() == null ? e : e.getCause()));
        }
    }

    private Exchange failed(Call call, int status, String words) {
        return new Exchange(Optional.empty(), Optional.of(CallFailure.unavailable(call.call(), redact(words))), status);
    }

    /**
     * A start whose answer broke off has started a run; if its id came through, that run is ours and no second one is
     * started.
     */
    private static <T> Optional<T> rescued(Call call, Exchange exchange, BoundedBody body, Class<T> type) {
        if (!call.path().equals("/runs/") || exchange.status / 100 != 2) {
            return Optional.empty();
        }
        Matcher matcher = RUN_ID.matcher(new String(body.partial(), StandardCharsets.UTF_8));
        if (!matcher.find()) {
            return Optional.empty();
        }
        try {
            return Optional.of(QueueJson.read(QueueJson.write(Map.of("run_id", matcher.group(1))), type));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private <T> Answer<T> read(Call call, HttpResponse<byte[]> response, Class<T> type) {
        int status = response.statusCode();
        String text = new String(response.body(), StandardCharsets.UTF_8);
        if (status / 100 == 2) {
            try {
                return Answer.of(QueueJson.read(text.isBlank() ? "{}" : text, type));
            } catch (IOException e) {
                return Answer.failed(CallFailure.unavailable(
                        call.call(), "an answer that makes no sense: " + clean(String.valueOf(e.getMessage()))));
            }
        }
        ErrorBody error = ErrorBody.parse(text);
        String words = error.words().isEmpty() ? "HTTP " + status : clean(error.words());
        return Answer.failed(new CallFailure(
                kind(status, error), call.call(), status, words, error.link().map(this::redact)));
    }

    private static CallFailure.Kind kind(int status, ErrorBody error) {
        boolean clientError = status / 100 == 4;
        if (status == 402 || (clientError && error.saysCredits())) {
            return CallFailure.Kind.OUT_OF_CREDITS;
        }
        return switch (status) {
            case 401, 403, 407 -> CallFailure.Kind.NOT_AUTHORISED;
            case 409 -> CallFailure.Kind.CONFLICT;
            case 408, 425, 429 -> CallFailure.Kind.UNAVAILABLE;
            default -> status / 100 == 5 ? CallFailure.Kind.UNAVAILABLE : CallFailure.Kind.REFUSED;
        };
    }

    /** Where a redirect leads, if it stays on the service: the token goes nowhere else. */
    private static Optional<URI> redirect(Call call, URI from, HttpResponse<byte[]> response) {
        boolean keepsMethod = response.statusCode() == 307 || response.statusCode() == 308;
        if (!keepsMethod && !call.method().equals("GET")) {
            return Optional.empty();
        }
        URI to;
        try {
            to = from.resolve(response.headers().firstValue("Location").orElse(""));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        boolean same = from.getScheme().equals(to.getScheme())
                && from.getHost().equals(to.getHost())
                && from.getPort() == to.getPort();
        return same && !to.equals(from) ? Optional.of(to) : Optional.empty();
    }

    private <T> Answer<T> refusedRedirect(Call call, URI from, HttpResponse<byte[]> response) {
        String to = response.headers().firstValue("Location").orElse("nowhere");
        return Answer.failed(new CallFailure(
                CallFailure.Kind.REFUSED,
                call.call(),
                response.statusCode(),
                "redirects from " + from.getHost() + " to " + clean(to) + ", which is not followed",
                Optional.empty()));
    }

    private String clean(String text) {
        return redact(ErrorBody.clean(text, ErrorBody.WORDS_MAX));
    }

    /** A service that echoes the token does not get it into our records. */
    private String redact(String text) {
        return token.filter(secret -> !secret.isEmpty())
                .map(secret -> text.replace(secret, "***"))
                .orElse(text);
    }

    private static String seconds(Duration limit) {
        return limit.toMillis() % 1_000 == 0 ? limit.toSeconds() + " s" : limit.toMillis() + " ms";
    }
}
