package dev.settle.app.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.settle.app.Launched;
import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.FakeSlurm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real file system that is full: a small one in memory, which only root can mount. */
@Timeout(200)
final class FullDiskIT {
    private static final int INODES = 2000;

    @TempDir
    Path folder;

    private FakeSlurm slurm;
    private Launched settle;

    @BeforeEach
    void mountASmallFileSystem() throws Exception {
        Path small = Files.createDirectory(folder.resolve("small"));
        assumeThat(System.getProperty("user.name")).isEqualTo("root");
        assumeThat(ran("mount", "-t", "tmpfs", "-o", "size=1m,mode=700,nr_inodes=" + INODES, "tmpfs", small.toString()))
                .as("a small file system can be mounted here")
                .isZero();
        slurm = FakeSlurm.create();
        settle = new Launched(folder, small.resolve("state"), slurm.environment());
        Files.writeString(folder.resolve("gated.yaml"), """
                name: gated
                items:
                  - {id: gate, command: "echo gate >> RAN; while [ ! -e GO ]; do sleep 0.1; done"}
                  - {id: after, command: "echo after >> RAN", deps: [gate]}
                """.replace(
                        "RAN", folder.resolve("ran").toString())
                .replace("GO", folder.resolve("go").toString()));
    }

    @AfterEach
    void unmount() throws Exception {
        if (settle != null) {
            settle.close();
            slurm.close();
            ran("umount", "-l", folder.resolve("small").toString());
        }
    }

    private static int ran(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).start();
        return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    /** Leaves room for bytes and none for files: empty ones take all inodes. */
    private void takeAllInodes() throws IOException {
        Path fillers = Files.createDirectory(folder.resolve("small/fillers"));
        try {
            for (int i = 0; i < INODES; i++) {
                Files.createFile(fillers.resolve(Integer.toString(i)));
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
            return;
        }
        throw new AssertionError("the file system has more than " + INODES + " inodes");
    }

    private void freeInodes() throws IOException {
        try (Stream<Path> fillers = Files.list(folder.resolve("small/fillers"))) {
            for (Path filler : fillers.toList()) {
                Files.delete(filler);
            }
        }
    }

    private void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(folder.resolve("small/filler"))) {
            byte[] page = new byte[512];
            while (true) {
                out.write(page);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    /** The driver with a clock that runs twenty times as fast: it is patient for a minute. */
    private Launched.Child startImpatient(String backend) throws IOException {
        return settle.startProcess(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dsettle.test.speed=20",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingMain.class.getName(),
                Integer.toString(Integer.MAX_VALUE),
                CrashPoint.When.BEFORE.name(),
                "run",
                "--backend",
                backend,
                "--interval",
                "5s",
                "gated.yaml"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "slurm"})
    void diskThatFillsUpEndsTheRunWithAReasonAndItGoesOnWhenThereIsRoom(String backend) throws Exception {
        Launched.Child driver = startImpatient(backend);
        Launched.await("the gate", () -> Launched.lines(folder.resolve("ran")).equals(List.of("gate")));
        fill();
        Files.createFile(folder.resolve("go"));
        assertThat(driver.await()).as(driver.out() + driver.err()).isEqualTo(74);
        String status = settle.settle("status", "--json").out();
        assertThat(Json.parseObject(status).text("state")).isEqualTo("interrupted");
        assertThat(Json.parseObject(status).object("stop").text("reason")).isEqualTo("storage_failed");
        assertThat(driver.out()).contains("Run interrupted: storage failed.");

        Files.delete(folder.resolve("small/filler"));
        Launched.Child resumed = settle.settle("resume", "--interval", "1s", "--lost-after", "2s");
        assertThat(resumed.process().exitValue())
                .as(resumed.out() + resumed.err())
                .isZero();
        assertThat(Launched.lines(folder.resolve("ran"))).containsExactly("after", "gate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "slurm"})
    void diskWithoutInodesFailsNoItemAndTheRunGoesOnWhenThereAreSome(String backend) throws Exception {
        Launched.Child driver = startImpatient(backend);
        Launched.await("the gate", () -> Launched.lines(folder.resolve("ran")).equals(List.of("gate")));
        takeAllInodes();
        Files.createFile(folder.resolve("go"));
        assertThat(driver.await()).as(driver.out() + driver.err()).isEqualTo(74);
        String status = settle.settle("status", "--json").out();
        Fields run = Json.parseObject(status);
        assertThat(run.text("state")).as(status).isEqualTo("interrupted");
        assertThat(run.object("stop").text("reason")).isEqualTo("storage_failed");
        assertThat(run.objects("items"))
                .as(status)
                .extracting(item -> item.text("state"))
                .doesNotContain("failed", "launch_failed", "unconfirmed");

        freeInodes();
        Launched.Child resumed = settle.settle("resume", "--interval", "1s", "--lost-after", "2s");
        assertThat(resumed.code()).as(resumed.out() + resumed.err()).isZero();
        assertThat(Launched.lines(folder.resolve("ran"))).containsExactly("after", "gate");
    }

    @Test
    void diskWithoutInodesWhenARunIsCreatedSubmitsNothingAndLeavesNothing() throws Exception {
        takeAllInodes();
        Launched.Child run = settle.settle("run", "--backend", "slurm", "gated.yaml");
        assertThat(run.code()).as(run.err()).isEqualTo(74);
        assertThat(run.err()).contains("No space left on device", "nothing was started");
        assertThat(slurm.calls("sbatch")).isEmpty();
        freeInodes();
        assertThat(Json.parseObject(settle.settle("list", "--json").out()).objects("runs"))
                .isEmpty();
    }

    @Test
    void diskThatIsFullWhenARunIsCreatedSubmitsNothingAndLeavesNothing() throws Exception {
        fill();
        Launched.Child run = settle.settle("run", "--backend", "slurm", "gated.yaml");
        assertThat(run.process().exitValue()).isEqualTo(74);
        assertThat(run.err()).contains("No space left on device", "nothing was started");
        assertThat(slurm.calls("sbatch")).isEmpty();
        Files.delete(folder.resolve("small/filler"));
        assertThat(Json.parseObject(settle.settle("list", "--json").out()).objects("runs"))
                .isEmpty();
    }
}
