package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.testdata.Launch;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Two versions on one state directory: side by side, one after the other, and one installed in place of the other. */
final class VersionsIT extends LauncherCase {
    private static final String OLDER = "0.0.9";
    private static final String NEWER = "77.1.0";

    @Test
    void eachVersionHasAnEngineForItsRunsAndReadsThoseOfTheOther() throws Exception {
        Path older = installed("older", OLDER);
        Path newer = installed("newer", NEWER);
        Path gate = folder.resolve("gate");
        submit(older, "first", gate);
        submit(newer, "second", gate);

        Launched.await(
                "an engine of each version",
                () -> engines(older).size() == 1 && engines(newer).size() == 1);
        for (Path version : List.of(older, newer)) {
            for (String run : List.of("first", "second")) {
                assertThat(by(version, "status", run).out()).contains("running").doesNotContain("stalled");
            }
        }

        Files.createFile(gate);
        assertThat(by(older, "wait", "first", "second").code()).isZero();
        assertThat(by(newer, "wait", "first", "second").code()).isZero();
        assertThat(Files.readAllLines(folder.resolve("ran"))).containsExactlyInAnyOrder("first", "second");
    }

    @Test
    void laterEngineTakesUpWhatAnEarlierOneLeftAndNotTheOtherWayRound() throws Exception {
        Path older = installed("older", OLDER);
        Path newer = installed("newer", NEWER);
        Path gate = folder.resolve("gate");
        submit(older, "first", gate);
        submit(newer, "second", gate);
        kill(older);
        kill(newer);

        submit(older, "third", gate);
        Launched.await(
                "the earlier engine has its own",
                () -> by(older, "status", "first").out().contains("running"));
        assertThat(by(older, "status", "second").out()).contains("stalled");
        kill(older);

        submit(newer, "fourth", gate);
        Launched.await("the later engine has them all", () -> Stream.of("first", "second", "third", "fourth")
                .allMatch(run -> !out(newer, "status", run).contains("stalled")));
        Files.createFile(gate);
        assertThat(by(newer, "wait", "first", "second", "third", "fourth").code())
                .isZero();
        assertThat(Files.readAllLines(folder.resolve("ran")))
                .containsExactlyInAnyOrder("first", "second", "third", "fourth");
    }

    @Test
    void versionInstalledInPlaceOfAnotherTakesOverFromItsEngine() throws Exception {
        Path place = installed("place", OLDER);
        Path newer = installed("newer", NEWER);
        Path gate = folder.resolve("gate");
        submit(place, "first", gate);
        long before = engines(place).get(0).pid();

        Files.move(
                newer.resolve("lib/settle.jar"), place.resolve("lib/settle.jar"), StandardCopyOption.REPLACE_EXISTING);
        Launched.await(
                "an engine of the later version",
                () -> engines(place).stream().anyMatch(engine -> engine.pid() != before)
                        && engines(place).size() == 1);
        Launched.await("it has the run", () -> !out(place, "status", "first").contains("stalled"));

        Files.createFile(gate);
        assertThat(by(place, "wait", "first").code()).isZero();
        assertThat(Files.readAllLines(folder.resolve("ran"))).containsExactly("first");
    }

    private void submit(Path version, String name, Path gate) throws IOException, InterruptedException {
        Launched.Child submit = by(
                version,
                "submit",
                "--backend",
                "local",
                "--name",
                name,
                "--",
                "sh",
                "-c",
                "while [ ! -e '" + gate + "' ]; do sleep 0.1; done; echo " + name + " >>'" + folder.resolve("ran")
                        + "'");
        assertThat(submit.code()).as(submit.err()).isZero();
    }

    private Launched.Child by(Path version, String... words) throws IOException, InterruptedException {
        Launched.Child child = launched.startProcess(
                Launch.command(version.resolve("bin/settle").toString(), List.of(words)));
        child.await();
        return child;
    }

    private String out(Path version, String... words) {
        try {
            return by(version, words).out();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static List<ProcessHandle> engines(Path version) {
        String jar = version.resolve("lib/settle.jar") + " drive";
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").endsWith(jar))
                .toList();
    }

    private static void kill(Path version) {
        for (ProcessHandle engine : engines(version)) {
            engine.destroyForcibly();
            engine.onExit().join();
        }
        assertThat(engines(version)).isEmpty();
    }

    /** A copy of the distribution that says it is of another version. */
    private Path installed(String name, String version) throws IOException {
        Path from = Path.of(System.getProperty("settle.dist"));
        Path to = folder.toRealPath().resolve(name);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                // The archive is that of other jars.
                if (!file.startsWith(from.resolve("lib/archive"))) {
                    Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
        try (FileSystem jar = FileSystems.newFileSystem(to.resolve("lib/settle.jar"))) {
            Files.writeString(jar.getPath("dev/settle/app/version.txt"), "settle " + version + "\n");
        }
        return to;
    }
}
