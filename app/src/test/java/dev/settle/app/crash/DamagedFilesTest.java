package dev.settle.app.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of runs that somebody or something has changed, from a seed: every command says what is wrong with that run, or
 * is right about it, and is right about all others.
 */
@Timeout(600)
final class DamagedFilesTest {
    private static final int MUTATIONS = 240;

    /** Commands that start others (doctor, recover) are tried for one mutation in so many. */
    private static final int SLOW_EVERY = 8;

    /** Each command on such small runs takes milliseconds. */
    private static final Duration COMMAND_MAX = Duration.ofSeconds(20);

    private static final List<String> COMMAND_OF_RUN = List.of("status", "explain", "report", "resume", "watch");

    @TempDir
    Path folder;

    private InProcess settle;
    private Path runs;
    private Path ran;

    @BeforeEach
    void begin() throws Exception {
        settle = new InProcess(folder, "/usr/bin:/bin");
        runs = settle.state().resolve("runs");
        ran = folder.resolve("ran");
    }

    /** What a run is like before anything happens to it. */
    private record Known(String id, Path copy, String state, int exitStatus) {}

    private String run(String... words) throws Exception {
        List<String> all =
                new ArrayList<>(List.of("run", "--backend", "local", "--quiet", "--settle-timeout", "2s", "--"));
        all.addAll(List.of(words));
        settle.settle(all.toArray(String[]::new));
        return newest();
    }

    private String newest() throws Exception {
        return Json.parseObject(settle.settle("list", "--json").out())
                .objects("runs")
                .get(0)
                .text("id");
    }

    private Known known(String id) throws Exception {
        Path copy = folder.resolve("copy-" + id);
        copyTree(runs.resolve(id), copy);
        Fields document = Json.parseObject(settle.settle("status", id, "--json").out());
        return new Known(
                id,
                copy,
                document.text("state"),
                settle.settle("watch", id, "--exit-status", "--no-drive").code());
    }

    private void restore(Known run) throws IOException {
        deleteTree(runs.resolve(run.id()));
        copyTree(run.copy(), runs.resolve(run.id()));
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        }
    }

    private static void deleteTree(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, @org.jspecify.annotations.Nullable IOException e)
                    throws IOException {
                Files.delete(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Files directly in a run's folder: those that settle itself reads. */
    private static List<Path> filesOf(Path run) throws IOException {
        try (Stream<Path> files = Files.list(run)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Changes a file; says how. */
    private static String mutate(Path file, Random random) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        List<String> lines = new ArrayList<>(
                new String(bytes, StandardCharsets.ISO_8859_1).lines().toList());
        int kind = random.nextInt(9);
        if (bytes.length < 2) {
            kind = 6 + random.nextInt(3);
        }
        switch (kind) {
            case 0, 1 -> {
                int at = random.nextInt(bytes.length);
                bytes[at] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, bytes);
                return "byte " + at + " flipped";
            }
            case 2 -> {
                int length = random.nextInt(bytes.length);
                Files.write(file, Arrays.copyOf(bytes, length));
                return "cut to " + length;
            }
            case 3 -> {
                int at = random.nextInt(lines.size());
                lines.add(at, lines.get(at));
                write(file, lines);
                return "line " + at + " doubled";
            }
            case 4 -> {
                int a = random.nextInt(lines.size());
                int b = random.nextInt(lines.size());
                Collections.swap(lines, a, b);
                write(file, lines);
                return "lines " + a + " and " + b + " swapped";
            }
            case 5 -> {
                String text = new String(bytes, StandardCharsets.ISO_8859_1);
                String huge = text.replaceFirst("[0-9]+", "9".repeat(1 + random.nextInt(400)));
                Files.writeString(file, huge, StandardCharsets.ISO_8859_1);
                return "a huge number";
            }
            case 6 -> {
                Files.write(file, new byte[0]);
                return "emptied";
            }
            case 7 -> {
                Files.delete(file);
                Files.createDirectory(file);
                Files.createFile(file.resolve("something"));
                return "a folder in its place";
            }
            default -> {
                Files.delete(file);
                Files.createSymbolicLink(file, file);
                return "unreadable";
            }
        }
    }

    private static void write(Path file, List<String> lines) throws IOException {
        Files.writeString(file, String.join("\n", lines) + "\n", StandardCharsets.ISO_8859_1);
    }

    @Test
    void commandsAreRightOrSayWhatIsDamagedAndTouchNoOtherRun() throws Exception {
        List<Known> all = new ArrayList<>();
        all.add(known(run("sh", "-c", "echo good >> " + ran)));
        all.add(known(run("sh", "-c", "echo bad >> " + ran + "; exit 3")));
        StalledRun stalled = StalledRun.leave(settle, StalledRun.Driver.GONE, List.of());
        all.add(known(stalled.folder.id().value()));
        StalledRun halfway = StalledRun.leave(settle, StalledRun.Driver.GONE, List.of(StalledRun.settled("one")));
        all.add(known(halfway.folder.id().value()));
        String bystander = run("sh", "-c", "exit 0");
        Files.deleteIfExists(ran);

        Random random = new Random(4711);
        Map<String, Integer> outcomes = new HashMap<>();
        for (int i = 0; i < MUTATIONS; i++) {
            Known run = all.get(random.nextInt(all.size()));
            List<Path> files = filesOf(runs.resolve(run.id()));
            Path file = files.get(random.nextInt(files.size()));
            byte[] before = Files.readAllBytes(file);
            String how =
                    "mutation " + i + ": " + run.state() + " run, " + file.getFileName() + ", " + mutate(file, random);
            boolean changed = !Files.isRegularFile(file) || !Arrays.equals(before, Files.readAllBytes(file));
            if (changed) {
                outcomes.merge(look(run, bystander, file, how, random), 1, Integer::sum);
            }
            restore(run);
        }
        assertThat(outcomes.keySet()).contains("damaged", "right");
        assertThat(outcomes.get("damaged")).isGreaterThan(MUTATIONS / 4);
    }

    private InProcess.Ended settle(String how, String... words) {
        String what = how + ": " + List.of(words);
        InProcess.Ended ended = assertTimeoutPreemptively(COMMAND_MAX, () -> settle.settle(words), what);
        assertThat(ended.code()).as("%s: %s", what, ended.err()).isNotEqualTo(70);
        assertThat(ended.err()).as(what).doesNotContain("Exception", "\tat ", "null");
        return ended;
    }

    /** What all commands make of it: the run is damaged, or as it was, or open where its end was cut off. */
    private String look(Known run, String bystander, Path file, String how, Random random) throws Exception {
        InProcess.Ended list = settle(how, "list", "--json");
        String state = "gone";
        for (Fields row : Json.parseObject(list.out()).objects("runs")) {
            if (row.text("id").equals(run.id())) {
                state = row.text("state");
                if (state.equals("damaged")) {
                    assertThat(row.text("message")).as(how).contains(run.id());
                }
            }
            if (row.text("id").equals(bystander)) {
                assertThat(row.text("state")).as(how).isEqualTo("completed");
            }
        }
        assertThat(list.code()).as(how).isEqualTo(state.equals("damaged") ? 74 : 0);
        // A tail that was cut off is what a crash leaves: the run is open again then, and never something else.
        assertThat(state).as(how).isIn("damaged", run.state(), "stalled");
        assertThat(list.out()).as(how).contains(bystander);

        if (random.nextInt(SLOW_EVERY) == 0) {
            settle(how, "doctor");
            InProcess.Ended recover = settle(how, "recover", "--dry-run");
            assertThat(recover.code()).as(how + recover.err()).isEqualTo(state.equals("damaged") ? 74 : 0);
        }
        assertThat(settle(how, "watch", bystander, "--exit-status").code())
                .as(how)
                .isZero();
        for (String command : COMMAND_OF_RUN) {
            List<String> words = new ArrayList<>(List.of(command, run.id()));
            if (command.equals("watch")) {
                words.addAll(List.of("--exit-status", "--no-drive", "--timeout", "1s"));
            }
            if (command.equals("report")) {
                words.add("--json");
            }
            boolean drives = command.equals("resume");
            if (drives && !state.equals("damaged")) {
                continue;
            }
            int code = settle(how, words.toArray(String[]::new)).code();
            if (state.equals("damaged")) {
                assertThat(code).as(how + ": " + command).isEqualTo(74);
            } else if (command.equals("watch") && state.equals(run.state())) {
                assertThat(code).as(how + ": " + command).isIn(run.exitStatus(), 74, 124);
            }
        }
        assertThat(ran)
                .as(how + ": nothing is run of what is damaged, and nothing twice")
                .doesNotExist();
        return state.equals("damaged") ? "damaged" : "right";
    }
}
