package dev.settle.testdata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the helper scripts of the tests. */
public final class Processes {
    private Processes() {}

    /**
     * Runs a command to its end and returns what it printed to stdout.
     *
     * @throws IllegalStateException if it fails or takes longer than {@code limit}; the message has all its output
     */
    public static String output(Map<String, String> environment, Duration limit, List<String> command) {
        try {
            // Files, not pipes: what the command leaves running must not keep us waiting for the end of a pipe.
            Path out = Files.createTempFile("out", ".txt");
            Path err = Files.createTempFile("err", ".txt");
            try {
                ProcessBuilder builder = new ProcessBuilder(command)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException(command + " took longer than " + limit + ":\n" + text(err));
                }
                if (process.exitValue() != 0) {
                    throw new IllegalStateException(
                            command + " ended with status " + process.exitValue() + ":\n" + text(out) + text(err));
                }
                return text(out);
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(command + " cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(command + " was interrupted", e);
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
