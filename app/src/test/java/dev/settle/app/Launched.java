package dev.settle.app.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.testdata.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Commands through the launcher, each a process of its own, with a state directory of their own. */
final class Launched implements AutoCloseable {
    private static final long SECONDS_MAX = 120;
    private static final Path SETTLE =
            Path.of(System.getProperty("settle.dist")).resolve("bin/settle");

    private final Path folder;
    private final Path state;
    private final Map<String, String> variables;
    private final List<Child> children = new ArrayList<>();

    /** @param variables added to the environment */
    Launched(Path folder, Path state, Map<String, String> variables) {
        this.folder = folder;
        this.state = state;
        this.variables = new HashMap<>(variables);
    }

    /** A process that was started, with what it says in files. */
    record Child(Process process, Path outFile, Path errFile) {
        int await() throws InterruptedException {
            assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS))
                    .as("settle ends")
                    .isTrue();
            return process.exitValue();
        }

        String out() throws IOException {
            return Files.readString(outFile);
        }

        String err() throws IOException {
            return Files.readString(errFile);
        }

        void signal(String name) throws IOException, InterruptedException {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        }
    }

    Child start(String... words) throws IOException {
        return startProcess(Launch.command(SETTLE.toString(), List.of(words)));
    }

    Child startProcess(List<String> command) throws IOException {
        Path out = folder.resolve("out-" + children.size());
        Path err = folder.resolve("err-" + children.size());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(variables);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("SETTLE_HOME", state.toString());
        Child child = new Child(builder.start(), out, err);
        children.add(child);
        return child;
    }

    Child settle(String... words) throws IOException, InterruptedException {
        Child child = start(words);
        child.await();
        return child;
    }

    /** Something that comes true. */
    interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    static void await(String what, Condition condition) throws IOException, InterruptedException {
        Instant until = Instant.now().plus(Duration.ofSeconds(SECONDS_MAX));
        while (!condition.holds()) {
            assertThat(Instant.now()).as("still waiting: " + what).isBefore(until);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** The lines of a file, sorted; none where there is no file. */
    static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file).stream().sorted().toList() : List.of();
    }

    @Override
    public void close() {
        children.forEach(child -> child.process().destroyForcibly());
    }
}
