package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The user's own class-data archive, of an installation that was moved: nobody waits for it or hears of it. */
final class ArchiveIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Path moved;
    private Path cache;

    @BeforeEach
    void movedInstallation() throws IOException {
        moved = folder.resolve("moved");
        cache = folder.resolve("cache");
        Path dist = Path.of(System.getProperty("settle.dist"));
        try (Stream<Path> tree = Files.walk(dist)) {
            for (Path source : (Iterable<Path>) tree::iterator) {
                Path target = moved.resolve(dist.relativize(source).toString());
                if (Files.isDirectory(source)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(source, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private Process start(String shell, String javaOptions, String out) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        shell + "exec \"$0\" --version",
                        moved.resolve("bin/settle").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(out).toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("XDG_CACHE_HOME", cache.toString());
        builder.environment().put("SETTLE_JAVA_OPTS", javaOptions);
        return builder.start();
    }

    private void assertAnswers(String shell, String javaOptions) throws Exception {
        assertAnswers(start(shell, javaOptions, "out"), "out");
    }

    private void assertAnswers(Process settle, String out) throws Exception {
        assertThat(settle.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(folder.resolve(out))).matches("settle [^\n]+\n");
        assertThat(settle.exitValue()).isZero();
    }

    private List<String> made() {
        try (Stream<Path> files = Files.list(cache.resolve("settle/archive"))) {
            return files.map(file -> file.getFileName().toString().replaceAll(".*\\.", "."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time left").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    @Test
    void firstStartsAtOnceMakeOneArchiveThatLaterOnesUse() throws Exception {
        List<Process> first = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            first.add(start("", "", "out" + i));
        }
        for (int i = 0; i < 4; i++) {
            assertAnswers(first.get(i), "out" + i);
        }
        await(() -> made().equals(List.of(".jsa")));
        Path log = folder.resolve("classes.log");
        assertAnswers("", "-Xlog:class+load:file=" + log);
        assertThat(Files.readAllLines(log))
                .anyMatch(line -> line.contains("dev.settle.app.Main source: shared objects file"));
        assertThat(made()).containsExactly(".jsa");
    }

    @Test
    void cacheThatCannotBeWrittenIsNotMentioned() throws Exception {
        cache = Files.writeString(folder.resolve("a file"), "");
        assertAnswers("", "");
    }

    /** The limit on the size of files stands for a full disk. */
    @Test
    void archiveThatDoesNotFitLeavesALockAndNothingElse() throws Exception {
        assertAnswers("ulimit -f 8; ", "");
        await(() -> made().equals(List.of(".lock")));
        assertAnswers("", "");
        assertThat(made()).containsExactly(".lock");
    }
}
