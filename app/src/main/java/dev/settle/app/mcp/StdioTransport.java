package dev.settle.app.mcp;

import dev.settle.app.process.Console;
import dev.settle.app.process.Threads;
import dev.settle.core.json.Json;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.modelcontextprotocol.spec.ProtocolVersions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One client on stdin and stdout, a message a line. The SDK's own transport ends at the first line that it cannot read,
 * reads lines of any length, and drops cancellations.
 */
final class StdioTransport implements McpServerTransportProvider {
    /** A longer message is refused; a run file of 10,000 items has 1 MB. */
    static final int MESSAGE_BYTES_MAX = 16 << 20;

    /** The key under which a handler finds the id of its request. */
    static final String REQUEST_ID = "id";

    /** Messages that are being handled; the client waits for room then. */
    static final int AT_ONCE_MAX = 256;

    /** What was begun is finished before the server ends: a submission waits that long for its driver. */
    private static final Duration FINISH_MAX = Duration.ofSeconds(40);

    private static final String CANCELLED = "notifications/cancelled";

    private final McpJsonMapper json;
    private final Console console;
    private final Calls calls;
    private final Semaphore room = new Semaphore(AT_ONCE_MAX);
    private final CountDownLatch over = new CountDownLatch(1);
    private final Object writing = new Object();
    private @Nullable McpServerSession session;
    private boolean initialized;

    StdioTransport(McpJsonMapper json, Console console, Calls calls) {
        this.json = json;
        this.console = console;
        this.calls = calls;
    }

    @Override
    public List<String> protocolVersions() {
        return List.of(
                ProtocolVersions.MCP_2024_11_05, ProtocolVersions.MCP_2025_03_26, ProtocolVersions.MCP_2025_06_18);
    }

    @Override
    public void setSessionFactory(McpServerSession.Factory factory) {
        session = factory.create(new Outgoing());
    }

    @Override
    public Mono<Void> notifyClients(String method, Object params) {
        return open().sendNotification(method, params);
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.empty();
    }

    /** Serves the client until it closes its side or is gone; what was begun is finished then, and answered. */
    void serve(InputStream in) throws InterruptedException {
        Threads.daemon("settle-mcp-in", () -> read(in)).start();
        over.await();
        calls.endWaits();
        boolean finished = room.tryAcquire(AT_ONCE_MAX, FINISH_MAX.toMillis(), TimeUnit.MILLISECONDS);
        if (!finished) {
            console.notice("settle: calls that have not ended in " + FINISH_MAX.toSeconds() + " s are left");
        }
    }

    private void read(InputStream in) {
        try {
            MessageReader reader = new MessageReader(in, MESSAGE_BYTES_MAX);
            for (Optional<MessageReader.Line> line = reader.next(); line.isPresent(); line = reader.next()) {
                Optional<String> text = line.get().text();
                if (text.isEmpty()) {
                    refuse(
                            null,
                            McpSchema.ErrorCodes.INVALID_REQUEST,
                            "a message is longer than " + (MESSAGE_BYTES_MAX >> 20)
                                    + " MiB; write a run file of that size to disk, and pass its path");
                } else if (!text.get().isBlank()) {
                    message(text.get()).ifPresent(this::dispatch);
                }
            }
        } catch (IOException e) {
            console.notice("settle: stdin cannot be read any more: " + e.getMessage());
        } finally {
            over.countDown();
        }
    }

    /** The message of a line; one that is none is refused, and the next may be one. */
    private Optional<McpSchema.JSONRPCMessage> message(String line) {
        try {
            return Optional.of(McpSchema.deserializeJsonRpcMessage(json, line));
        } catch (IOException e) {
            if (line.stripLeading().startsWith("[")) {
                refuse(
                        null,
                        McpSchema.ErrorCodes.INVALID_REQUEST,
                        "batches are not supported: write one message a line");
            } else {
                refuse(null, McpSchema.ErrorCodes.PARSE_ERROR, "this line is not JSON: " + head(e.getMessage()));
            }
        } catch (RuntimeException e) {
            // No object, or one without a method, a result or an error, or a request with an id that is none.
            refuse(null, McpSchema.ErrorCodes.INVALID_REQUEST, "this is not a message of JSON-RPC 2.0: " + head(line));
        }
        return Optional.empty();
    }

    private static String head(@Nullable String text) {
        String words = String.valueOf(text);
        return words.substring(0, Math.min(200, words.indexOf('\n') < 0 ? words.length() : words.indexOf('\n')));
    }

    private void dispatch(McpSchema.JSONRPCMessage message) {
        if (message instanceof McpSchema.JSONRPCNotification notification) {
            if (notification.method().equals(CANCELLED)) {
                cancel(notification.params());
                return;
            }
            initialized = initialized || notification.method().equals(McpSchema.METHOD_NOTIFICATION_INITIALIZED);
        }
        if (message instanceof McpSchema.JSONRPCRequest request && !isFit(request)) {
            return;
        }
        Object id = message instanceof McpSchema.JSONRPCRequest request ? request.id() : "";
        room.acquireUninterruptibly();
        open().handle(message)
                .contextWrite(context ->
                        context.put(McpTransportContext.KEY, McpTransportContext.create(Map.of(REQUEST_ID, id))))
                .doFinally(signal -> room.release())
                .subscribe(nothing -> {}, error -> console.notice("settle: a message could not be handled: " + error));
    }

    /** Answers what the session would never answer, or not with words. */
    private boolean isFit(McpSchema.JSONRPCRequest request) {
        if (request.method().equals(McpSchema.METHOD_PING)) {
            write(new McpSchema.JSONRPCResponse(McpSchema.JSONRPC_VERSION, request.id(), Map.of(), null));
            return false;
        }
        if (!initialized && !request.method().equals(McpSchema.METHOD_INITIALIZE)) {
            refuse(
                    request.id(),
                    McpSchema.ErrorCodes.INVALID_REQUEST,
                    "send initialize, and then notifications/initialized, before " + request.method());
            return false;
        }
        Optional<String> needed = request.method().equals(McpSchema.METHOD_TOOLS_CALL)
                ? Optional.of("name")
                : request.method().equals(McpSchema.METHOD_RESOURCES_READ) ? Optional.of("uri") : Optional.empty();
        if (needed.isPresent()
                && !(request.params() instanceof Map<?, ?> params && params.get(needed.get()) instanceof String)) {
            refuse(
                    request.id(),
                    McpSchema.ErrorCodes.INVALID_PARAMS,
                    request.method() + " needs the parameter " + needed.get() + ", a string");
            return false;
        }
        return true;
    }

    private void cancel(@Nullable Object params) {
        if (params instanceof Map<?, ?> map) {
            Object id = map.get("requestId");
            if (id != null) {
                calls.cancel(id);
            }
        }
    }

    private McpServerSession open() {
        McpServerSession opened = session;
        if (opened == null) {
            throw new IllegalStateException("no server has been made for this transport");
        }
        return opened;
    }

    /** @param id null where the message does not say which request it is */
    private void refuse(@Nullable Object id, int code, String why) {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("code", code);
        error.put("message", why);
        Map<String, @Nullable Object> response = new LinkedHashMap<>();
        response.put("jsonrpc", McpSchema.JSONRPC_VERSION);
        response.put("id", id);
        response.put("error", error);
        write(Json.write(response));
    }

    private void write(McpSchema.JSONRPCMessage message) {
        if (message instanceof McpSchema.JSONRPCResponse response && calls.isCancelled(response.id())) {
            return;
        }
        try {
            write(json.writeValueAsString(message));
        } catch (IOException e) {
            throw new UncheckedIOException("a message cannot be written as JSON", e);
        }
    }

    private void write(String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        synchronized (writing) {
            console.bytes(bytes, bytes.length);
        }
        if (console.isUnread()) {
            // Nobody reads: there is nobody to serve.
            over.countDown();
        }
    }

    /** The way from the session to the client. */
    private final class Outgoing implements McpServerTransport {
        @Override
        public Mono<Void> sendMessage(McpSchema.JSONRPCMessage message) {
            return Mono.fromRunnable(() -> write(message));
        }

        @Override
        public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
            return json.convertValue(data, type);
        }

        @Override
        public Mono<Void> closeGracefully() {
            return Mono.empty();
        }
    }
}
