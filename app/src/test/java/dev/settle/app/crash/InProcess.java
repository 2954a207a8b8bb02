package dev.settle.app.crash;

import dev.settle.app.cli.Commands;
import dev.settle.app.process.App;
import dev.settle.app.process.Console;
import dev.settle.app.process.Environment;
import dev.settle.app.process.Failure;
import dev.settle.app.process.Wiring;
import dev.settle.core.file.LocalDisk;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Commands that need no process of their own, in this one: those that look, diagnose and end. */
final class InProcess {
    private final Path folder;
    private final Map<String, String> variables = new HashMap<>();

    record Ended(int code, String out, String err) {}

    /** @param path what PATH is */
    InProcess(Path folder, String path) {
        this.folder = folder;
        variables.put("SETTLE_HOME", folder.resolve("state").toString());
        variables.put("PATH", path);
    }

    InProcess with(Map<String, String> more) {
        variables.putAll(more);
        return this;
    }

    Path state() {
        return folder.resolve("state");
    }

    /** What a command is handed, by a clock that is behind by so much. */
    App app(Console console, Duration behind) {
        return new App(
                "test",
                console,
                new Environment(variables, folder, folder, "tester"),
                new Wiring(
                        Clock.offset(Clock.systemUTC(), behind.negated()),
                        FastClock.monotonic(Clock.systemUTC()),
                        FastClock.pause(1),
                        new Random(),
                        new LocalDisk()),
                status -> {
                    throw new AssertionError("halted with " + status);
                });
    }

    Ended settle(String... words) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
        int code;
        try {
            code = Commands.run(words[0], List.of(words).subList(1, words.length), app(console, Duration.ZERO))
                    .code();
        } catch (Failure failure) {
            failure.lines().forEach(console::notice);
            code = failure.status().code();
        }
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
