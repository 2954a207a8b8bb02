package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.Launch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Commands through the launcher, each a process of its own, with a state directory of their own. */
public final class Launched implements AutoCloseable {
    private static final long SECONDS_MAX = 120;
    private static final Path SETTLE = Path.of(System.getProperty("settle.dist"), "bin", "settle");

    private final Path folder;
    private final Path directory;
    private final Path state;
    private final Map<String, String> variables;
    private final List<Child> children = new ArrayList<>();

    /** @param variables added to the environment */
    public Launched(Path folder, Path state, Map<String, String> variables) {
        this(folder, folder, state, variables);
    }

    /**
     * @param folder where their output goes
     * @param directory where they are started
     */
    Launched(Path folder, Path directory, Path state, Map<String, String> variables) {
        this.folder = folder;
        this.directory = directory;
        this.state = state;
        this.variables = new HashMap<>(variables);
    }

    /** A process that was started, with what it says in files. */
    public record Child(Process process, Path outFile, Path errFile) {
        /** Waits for its end; its exit status. */
        public int await() throws InterruptedException {
            assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS))
                    .as("settle ends")
                    .isTrue();
            return process.exitValue();
        }

        /** The exit status of a process that has ended. */
        public int code() {
            return process.exitValue();
        }

        /** The items of the run document on its stdout, by id. */
        public Map<String, Fields> items() throws IOException {
            Map<String, Fields> items = new LinkedHashMap<>();
            Schemas.checkRun(out());
            for (Fields item : Json.parseObject(out()).objects("items")) {
                items.put(item.text("id"), item);
            }
            return items;
        }

        public String out() throws IOException {
            return Files.readString(outFile);
        }

        public String err() throws IOException {
            return Files.readString(errFile);
        }

        public void signal(String name) throws IOException, InterruptedException {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        }
    }

    public Child start(String... words) throws IOException {
        return startProcess(Launch.command(SETTLE.toString(), List.of(words)));
    }

    public Child startProcess(List<String> command) throws IOException {
        Path out = folder.resolve("out-" + children.size());
        Path err = folder.resolve("err-" + children.size());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(variables);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("SETTLE_HOME", state.toString());
        Child child = new Child(builder.start(), out, err);
        children.add(child);
        return child;
    }

    public Child settle(String... words) throws IOException, InterruptedException {
        Child child = start(words);
        child.await();
        return child;
    }

    /** Something that comes true. */
    public interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    public static void await(String what, Condition condition) throws IOException, InterruptedException {
        Instant until = Instant.now().plus(Duration.ofSeconds(SECONDS_MAX));
        while (!condition.holds()) {
            assertThat(Instant.now()).as("still waiting: " + what).isBefore(until);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** The lines of a file, sorted; none where there is no file. */
    public static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file).stream().sorted().toList() : List.of();
    }

    @Override
    public void close() {
        children.forEach(child -> child.process().destroyForcibly());
        endEngines();
    }

    /** Ends what the commands left in the background, which would write into the state directory while it is removed. */
    private void endEngines() {
        String mark = "\0SETTLE_HOME=" + state + "\0";
        ProcessHandle.allProcesses()
                .filter(process -> ("\0" + environment(process)).contains(mark))
                .forEach(process -> {
                    process.destroyForcibly();
                    process.onExit().join();
                });
    }

    private static String environment(ProcessHandle process) {
        try {
            byte[] bytes = Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), "environ"));
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (IOException | UncheckedIOException e) {
            // It has ended, or is somebody else's.
            return "";
        }
    }
}
