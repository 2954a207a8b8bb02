package dev.settle.app.mcp;

import dev.settle.app.process.App;
import dev.settle.app.process.Console;
import dev.settle.app.process.Failure;
import dev.settle.app.process.RemoteEnd;
import dev.settle.app.runs.Invocation;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One call of a tool: what was passed, and what the client hears of it before and with the answer. */
final class Call {
    /** More notices than this repeat themselves. */
    private static final int NOTICES_MAX = 20;

    private static final String PREFIX = "settle: ";

    /** Tells the client that a call goes on. */
    interface Progress {
        /** @param total how far it goes at most */
        void at(Duration passed, Duration total, String message);
    }

    private final App server;
    private final Arguments arguments;
    private final Progress progress;
    private final Access access;
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<String> notices = new ArrayList<>();
    private final Console console;
    private volatile boolean cancelled;

    Call(App server, Access access, Arguments arguments, Progress progress) {
        this.server = server;
        this.access = access;
        this.arguments = arguments;
        this.progress = progress;
        this.console = new Console(silent(), silent());
        console.readFrom(RemoteEnd.host(server.environment()));
        console.divert(Optional.of(this::notice));
    }

    Arguments arguments() {
        return arguments;
    }

    Access access() {
        return access;
    }

    /**
     * What the code of commands works with: notices go into the answer, and data nowhere. The directory is the one that
     * was passed, or that in which the server was started.
     */
    Invocation invocation() {
        return new Invocation(new App(
                server.version(),
                console,
                arguments
                        .text("directory")
                        .map(this::directory)
                        .map(server.environment()::in)
                        .orElse(server.environment()),
                server.wiring(),
                server.halt()));
    }

    private static PrintStream silent() {
        return new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    }

    private Path directory(String word) {
        try {
            Path directory = server.environment().directory().resolve(word).normalize();
            if (Files.isDirectory(directory)) {
                return directory;
            }
        } catch (InvalidPathException e) {
            throw Failure.usage("directory: '" + word + "' cannot be the name of a folder");
        }
        throw Failure.usage("directory: there is no folder " + word, "name one that is there, in full");
    }

    private synchronized void notice(String line) {
        String text = line.startsWith(PREFIX) ? line.substring(PREFIX.length()) : line;
        if (notices.size() < NOTICES_MAX && !notices.contains(text)) {
            notices.add(text);
        }
    }

    /** A text for the client: without the values of secrets, and with commands that can be copied where the client is. */
    String shown(String text) {
        return console.addressed(console.redacted(text));
    }

    /** A text that the client reads as it is, without the values of secrets. */
    String redacted(String text) {
        return console.redacted(text);
    }

    /** A document for the client, without the values of secrets. */
    Map<String, @Nullable Object> shown(Map<String, @Nullable Object> tree) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        tree.forEach((key, value) -> shown.put(key, value(value)));
        return shown;
    }

    private @Nullable Object value(@Nullable Object value) {
        if (value instanceof String text) {
            return console.redacted(text);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> shown = new LinkedHashMap<>();
            map.forEach((key, each) -> shown.put(String.valueOf(key), value(each)));
            return shown;
        }
        return value instanceof List<?> list ? list.stream().map(this::value).toList() : value;
    }

    /** What commands would have written to stderr. */
    synchronized List<String> notices() {
        return List.copyOf(notices);
    }

    void progress(Duration passed, Duration total, String message) {
        progress.at(passed, total, shown(message));
    }

    void cancel() {
        cancelled = true;
        over.countDown();
    }

    void endWait() {
        over.countDown();
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Whether to stop waiting: the client does not want the answer, or is gone. */
    boolean isOver() {
        return over.getCount() == 0;
    }

    /** Lets time pass, at most until waiting is over. */
    void pause(Duration time) throws InterruptedException {
        if (over.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
            return;
        }
    }
}
