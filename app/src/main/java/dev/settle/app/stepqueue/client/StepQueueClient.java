package dev.settle.app.stepqueue.client;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The calls of the step queue's protocol, each sent once. They block within their limit; a failure is an answer. An
 * interrupted thread gives its call up at once.
 */
public final class StepQueueClient {
    /** Where the token is when the run file names no variable. */
    public static final String TOKEN_ENV = "SETTLE_QUEUE_TOKEN";

    private final URI base;
    private final String version;
    private final QueueLimits limits;
    private final HttpCalls http;

    /**
     * @param base the base URL, checked by {@link #base(String)}
     * @param token goes into the header; absent means that none is sent
     * @param env where proxies are named
     * @param version ours, for the service's records
     */
    public StepQueueClient(
            URI base, Optional<String> token, Map<String, String> env, String version, QueueLimits limits) {
        this.base = base;
        this.version = version;
        this.limits = limits;
        this.http = new HttpCalls(base, token, env, version, limits.connect());
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

    /** @param metadata further facts for the service's records, such as our own id of the run */
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
        return http.send(post("POST /runs/", "", body, limits.slow()), ServiceBodies.Started.class);
    }

    /** Whether a look brings all nodes. */
    public enum History {
        WITH,
        WITHOUT
    }

    public Answer<ServiceBodies.RunLook> look(String run, History history) {
        String query = "?include_history=" + (history == History.WITH);
        return http.send(bare("GET /runs/{id}", run, query), ServiceBodies.RunLook.class);
    }

    public Answer<ServiceBodies.Tasks> tasks(String run) {
        return http.send(bare("GET /execution-tasks/", "", "?run_id=" + encoded(run)), ServiceBodies.Tasks.class);
    }

    public Answer<ServiceBodies.Revision> claim(String task) {
        return http.send(bare("POST /execution-tasks/{id}/claim", task, ""), ServiceBodies.Claimed.class)
                .map(ServiceBodies.Claimed::revision);
    }

    public Answer<ServiceBodies.Taken> suggest(String run, String task, String output, Map<String, ?> metadata) {
        Map<String, ?> body = Map.of("execution_output", output, "task_id", task, "metadata", metadata(metadata));
        return http.send(post("POST /runs/{id}/suggest", run, body, limits.slow()), ServiceBodies.Taken.class);
    }

    public Answer<ServiceBodies.Done> heartbeat(String run) {
        return http.send(bare("PUT /runs/{id}/heartbeat", run, ""), ServiceBodies.Done.class);
    }

    public Answer<ServiceBodies.Done> terminate(String run, String status, String reason, String details) {
        Map<String, ?> body =
                Map.of("status_update", status, "termination_reason", reason, "termination_details", details);
        return http.send(post("POST /runs/{id}/terminate", run, body, limits.closing()), ServiceBodies.Done.class);
    }

    public Answer<ServiceBodies.Done> resume(String run, Map<String, ?> metadata) {
        Map<String, ?> body = Map.of("metadata", metadata(metadata));
        return http.send(post("POST /runs/{id}/resume", run, body, limits.slow()), ServiceBodies.Done.class);
    }

    public Answer<OptionalDouble> balance() {
        return http.send(bare("GET /billing/balance", "", ""), ServiceBodies.Balance.class)
                .map(ServiceBodies.Balance::credits);
    }

    public Answer<Optional<String>> checkout(double amount) {
        Map<String, ?> body = Map.of("amount", amount);
        return http.send(post("POST /billing/topup/checkout", "", body, limits.closing()), ServiceBodies.Checkout.class)
                .map(checkout -> checkout.url().map(url -> ErrorBody.clean(url, ErrorBody.WORDS_MAX)));
    }

    public Answer<ServiceBodies.AutoTopup> autoTopup() {
        return http.send(bare("GET /billing/auto-topup", "", ""), ServiceBodies.AutoTopup.class);
    }

    public Answer<ServiceBodies.AutoTopup> autoTopup(ServiceBodies.AutoTopup wanted) {
        return http.send(post("POST /billing/auto-topup", "", wanted, limits.quick()), ServiceBodies.AutoTopup.class);
    }

    private Map<String, Object> metadata(Map<String, ?> more) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("client_name", "settle");
        metadata.put("client_version", version);
        metadata.putAll(more);
        return metadata;
    }

    /** A call without a body, which only looks something up or takes note. */
    private HttpCalls.Call bare(String name, String id, String query) {
        return new HttpCalls.Call(name, path(name, id) + query, Optional.empty(), limits.quick());
    }

    private static HttpCalls.Call post(String name, String id, Object body, Duration limit) {
        return new HttpCalls.Call(name, path(name, id), Optional.of(QueueJson.write(body)), limit);
    }

    private static String path(String name, String id) {
        return name.substring(name.indexOf(' ') + 1).replace("{id}", encoded(id));
    }

    private static String encoded(String raw) {
        return URLEncoder.encode(raw, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
