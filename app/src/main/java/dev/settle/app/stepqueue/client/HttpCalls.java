package dev.settle.app.stepqueue.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends calls over HTTP/1.1, certificates verified, with the token in the {@code Authorization} header and nowhere
 * else, and reads their answers.
 */
final class HttpCalls {
    /** Candidates are source files; a history holds many. More than this is refused, so that memory stays bounded. */
    static final int BODY_BYTES_MAX = 16 << 20;

    private static final int REDIRECTS_MAX = 3;
    private static final Pattern RUN_ID = Pattern.compile("\"run_id\"\\s*:\\s*\"([^\"\\\\]{1,200})\"");

    /**
     * One call.
     *
     * @param name what messages call it: the method, then the path with its parameters left open
     */
    record Call(String name, String path, Optional<String> body, Duration limit) {
        String method() {
            return name.substring(0, name.indexOf(' '));
        }
    }

    private final URI base;
    private final Optional<String> token;
    private final String version;
    private final HttpClient http;

    HttpCalls(URI base, Optional<String> token, Map<String, String> env, String version, Duration connectLimit) {
        this.base = base;
        this.token = token;
        this.version = version;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectLimit)
                .proxy(new EnvironmentProxies(env))
                .build();
    }

    /** Sends a call once; blocks within its limit. */
    <T> Answer<T> send(Call call, Class<T> type) {
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
                new CallFailure(CallFailure.Kind.REFUSED, call.name(), 0, "redirects in a circle", Optional.empty()));
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
        return new Exchange(Optional.empty(), Optional.of(CallFailure.unavailable(call.name(), redact(words))), status);
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
                        call.name(), "an answer that makes no sense: " + clean(String.valueOf(e.getMessage()))));
            }
        }
        ErrorBody error = ErrorBody.parse(text);
        String words = error.words().isEmpty() ? "HTTP " + status : clean(error.words());
        return Answer.failed(new CallFailure(
                kind(status, error), call.name(), status, words, error.link().map(this::redact)));
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
                call.name(),
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
