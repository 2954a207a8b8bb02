package dev.settle.testdata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The fake Slurm of {@code testdata/slurm/fake} with a folder of its own; the README there says what a plan can do.
 *
 * <p>Its tools are found by a process that has {@link #environment} in its environment.
 */
public final class FakeSlurm implements AutoCloseable {
    private static final Duration COMMAND_LIMIT = Duration.ofMinutes(1);

    private final Path folder;

    private FakeSlurm(Path folder) {
        this.folder = folder;
    }

    /**
     * One call of a tool.
     *
     * @param number counts the calls of this tool from 1
     */
    public record Call(Instant at, String tool, int number, List<String> arguments) {
        public Call {
            arguments = List.copyOf(arguments);
        }
    }

    /** A cluster without jobs and without a plan. */
    public static FakeSlurm create() {
        try {
            return new FakeSlurm(Files.createTempDirectory("fake-slurm"));
        } catch (IOException e) {
            throw new UncheckedIOException("no folder for a fake Slurm", e);
        }
    }

    /** Another cluster that the tools of this one reach by its name; its jobs, ids, plan and calls are its own. */
    public FakeSlurm cluster(String name) {
        try {
            return new FakeSlurm(
                    Files.createDirectories(folder.resolve("clusters").resolve(name)));
        } catch (IOException e) {
            throw new UncheckedIOException("no folder for cluster " + name, e);
        }
    }

    /** What a process needs in its environment to find these tools instead of any others. */
    public Map<String, String> environment() {
        return Map.of("FAKE_SLURM_DIR", folder.toString(), "PATH", bin() + ":" + System.getenv("PATH"));
    }

    /** Where the tools are. */
    public Path bin() {
        return TestData.path("slurm", "fake");
    }

    /** Where the state is. */
    public Path folder() {
        return folder;
    }

    /** Adds lines to the plan, from now on. */
    public FakeSlurm plan(String... lines) {
        return write("plan", String.join("\n", lines) + "\n", StandardOpenOption.APPEND);
    }

    /** Replaces the plan, from now on; without lines all is well again. */
    public FakeSlurm replan(String... lines) {
        return write("plan", String.join("\n", lines) + "\n", StandardOpenOption.TRUNCATE_EXISTING);
    }

    /** The next job gets this id; an id that was used before then belongs to another job. */
    public FakeSlurm nextJobId(int id) {
        return write("next_id", id + "\n", StandardOpenOption.TRUNCATE_EXISTING);
    }

    private FakeSlurm write(String name, String text, StandardOpenOption how) {
        try {
            Files.writeString(folder.resolve(name), text, StandardOpenOption.CREATE, how);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("the fake Slurm in " + folder + " cannot be told", e);
        }
    }

    /** All calls so far, in the order in which they began. */
    public List<Call> calls() {
        Path log = folder.resolve("calls.log");
        try {
            List<Call> calls = new ArrayList<>();
            if (Files.exists(log)) {
                for (String line : Files.readAllLines(log, StandardCharsets.UTF_8)) {
                    calls.add(call(line.split("\t", -1)));
                }
            }
            return calls;
        } catch (IOException e) {
            throw new UncheckedIOException(log + " cannot be read", e);
        }
    }

    /** The calls of one tool so far. */
    public List<Call> calls(String tool) {
        return calls().stream().filter(call -> call.tool().equals(tool)).toList();
    }

    private static Call call(String[] fields) {
        String[] time = fields[0].split("\\.", -1);
        Instant at = Instant.ofEpochSecond(Long.parseLong(time[0]), Long.parseLong(time[1]) * 1000);
        List<String> arguments =
                Arrays.stream(fields).skip(3).map(FakeSlurm::unescaped).toList();
        return new Call(at, fields[1], Integer.parseInt(fields[2]), arguments);
    }

    private static String unescaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                i++;
                c = text.charAt(i);
                c = c == 't' ? '\t' : c == 'n' ? '\n' : c;
            }
            out.append(c);
        }
        return out.toString();
    }

    /** Runs one of the tools and returns what it printed; it must succeed. */
    public String run(String tool, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(bin().resolve(tool).toString());
        command.addAll(List.of(arguments));
        return Processes.output(environment(), COMMAND_LIMIT, command);
    }

    /** Ends all jobs and removes the folder. */
    @Override
    public void close() {
        Processes.output(
                environment(), COMMAND_LIMIT, List.of(bin().resolve("lib/down").toString()));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be removed", e);
        }
    }
}
