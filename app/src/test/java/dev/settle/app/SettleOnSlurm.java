package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.SlurmCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The launcher on a real cluster as its unprivileged user: starts commands, waits for them, reads what they said. */
final class SettleOnSlurm {
    private static final Duration COMMAND_MAX = Duration.ofMinutes(10);
    private static final Duration STATE_MAX = Duration.ofSeconds(100);
    private static final Duration DRIVER_MAX = Duration.ofSeconds(20);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final FileAttribute<?> FOR_ALL =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));

    private final SlurmCluster cluster;
    private final Path launcher;
    private final Map<String, String> variables;

    /** What a command came to. */
    record Ended(int code, String out, String err) {
        /** The run document that it printed. */
        Fields document() throws IOException {
            return Json.parseObject(out);
        }

        Map<String, Fields> items() throws IOException {
            return SettleOnSlurm.items(document());
        }
    }

    /** A command that goes on in the background. */
    record Started(String words, Process process, Path out, Path err) {
        Ended end() throws IOException, InterruptedException {
            boolean ended = process.waitFor(COMMAND_MAX.toSeconds(), TimeUnit.SECONDS);
            if (!ended) {
                kill();
            }
            assertThat(ended)
                    .as("%s ends; it said %s", words, Files.readString(err))
                    .isTrue();
            return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        }

        /** The process and all that it runs through, as the out-of-memory killer takes it: without a word. */
        void kill() throws InterruptedException {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }

    /** The build's own folder may lie where the cluster's user cannot look: the distribution is copied. */
    SettleOnSlurm(SlurmCluster cluster) {
        this.cluster = cluster;
        this.variables = Map.of();
        try {
            this.launcher = copied(Path.of(System.getProperty("settle.dist"))).resolve("bin/settle");
        } catch (IOException e) {
            throw new UncheckedIOException("the distribution cannot be copied", e);
        }
    }

    /** The launcher, where the cluster's user can start it. */
    Path launcher() {
        return launcher;
    }

    private SettleOnSlurm(SlurmCluster cluster, Path launcher, Map<String, String> variables) {
        this.cluster = cluster;
        this.launcher = launcher;
        this.variables = variables;
    }

    /** The same with these in the environment of its commands. */
    SettleOnSlurm with(Map<String, String> more) {
        return new SettleOnSlurm(cluster, launcher, more);
    }

    /** Waits for background drivers: they write into the folder that goes with the cluster. */
    void awaitDrivers() throws InterruptedException {
        String ours = launcher.getParent().getParent().toString();
        List<ProcessHandle> drivers = ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(ours))
                .toList();
        for (ProcessHandle driver : drivers) {
            try {
                driver.onExit().get(DRIVER_MAX.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                driver.destroyForcibly();
            }
        }
    }

    private static Path copied(Path from) throws IOException {
        Path to = Files.createTempDirectory("settle-dist", FOR_ALL);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (!Files.exists(target)) {
                    Files.copy(file, target);
                }
                boolean enter = Files.isDirectory(target) || file.getParent().endsWith("bin");
                Files.setPosixFilePermissions(
                        target, PosixFilePermissions.fromString(enter ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
        return to;
    }

    Started start(String... args) throws IOException {
        // Twenty processes of one user at once are no usual load: the budget of commands would make them all slow.
        List<String> words = new ArrayList<>(List.of(
                "env", "JAVA_HOME=" + System.getProperty("java.home"), "SETTLE_SCHEDULER_MAX_COMMANDS_PER_MINUTE=600"));
        variables.forEach((name, value) -> words.add(name + "=" + value));
        words.add(launcher.toString());
        words.addAll(List.of(args));
        Path out = Files.createTempFile("settle-it", ".out");
        Path err = Files.createTempFile("settle-it", ".err");
        Process process = new ProcessBuilder(cluster.asUser(words))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        return new Started(String.join(" ", args), process, out, err);
    }

    Ended run(String... args) throws IOException, InterruptedException {
        return start(args).end();
    }

    /** A file of the user's that jobs can read. */
    static Path file(String name, String text) throws IOException {
        Path file = Files.createTempDirectory("settle-run", FOR_ALL).resolve(name);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    static Map<String, Fields> items(Fields document) throws IOException {
        Map<String, Fields> items = new LinkedHashMap<>();
        for (Fields item : document.objects("items")) {
            items.put(item.text("id"), item);
        }
        return items;
    }

    /** Waits until the run is there and its items are as wanted; its items then. */
    Map<String, Fields> await(String run, String what, Predicate<Map<String, Fields>> wanted)
            throws IOException, InterruptedException {
        long tries = STATE_MAX.dividedBy(LOOK_EVERY);
        Map<String, Fields> last = Map.of();
        for (long i = 0; i < tries; i++) {
            Ended status = run("status", run, "--json");
            if (status.code() == 0) {
                last = status.items();
                if (wanted.test(last)) {
                    return last;
                }
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
        }
        StringBuilder states = new StringBuilder();
        last.forEach((id, item) -> states.append("\n  ")
                .append(id)
                .append(' ')
                .append(field(item, "state"))
                .append(' ')
                .append(field(item, "wait_reason")));
        throw new AssertionError(run + ": never " + what + states);
    }

    /** The field of an item, empty where it is absent or null. */
    static String field(Fields item, String name) {
        Object value = item.asMap().get(name);
        return value == null ? "" : value.toString();
    }
}
