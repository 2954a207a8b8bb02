package dev.settle.app.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.Launched;
import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.FakeSlurm;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several who want to drive one run: one does, the others watch, and when it dies another one goes on. */
@Timeout(200)
final class SharedRunsIT {
    private static final int WATCHERS = 10;

    @TempDir
    Path folder;

    private FakeSlurm slurm;
    private Launched settle;

    @BeforeEach
    void runFileWithAGate() throws Exception {
        slurm = FakeSlurm.create();
        settle = new Launched(folder, folder.resolve("state"), slurm.environment());
        Files.writeString(folder.resolve("gated.yaml"), """
                name: gated
                items:
                  - {id: one, command: "echo one >> RAN"}
                  - {id: gate, command: "echo gate >> RAN; while [ ! -e GO ]; do sleep 0.1; done"}
                  - {id: after, command: "echo after >> RAN", deps: [gate, one]}
                """.replace("RAN", ran().toString())
                .replace("GO", folder.resolve("go").toString()));
    }

    @AfterEach
    void endAll() {
        settle.close();
        slurm.close();
    }

    private Path ran() {
        return folder.resolve("ran");
    }

    private Fields status() throws IOException, InterruptedException {
        return Json.parseObject(settle.settle("status", "--json").out());
    }

    private String listedState() throws IOException, InterruptedException {
        return Json.parseObject(settle.settle("list", "--json").out())
                .objects("runs")
                .get(0)
                .text("state");
    }

    private void awaitGate() throws Exception {
        Launched.await("the gate", () -> Launched.lines(ran()).equals(List.of("gate", "one")));
    }

    @Test
    void ofTenWatchersNineMayBeKilledAndTheLastOneFinishesTheRun() throws Exception {
        Launched.Child first = settle.start("run", "--backend", "slurm", "--interval", "1s", "gated.yaml");
        awaitGate();
        first.process().destroyForcibly().waitFor();
        List<Launched.Child> watchers = new ArrayList<>();
        for (int i = 0; i < WATCHERS; i++) {
            watchers.add(settle.start("watch", "gated", "--exit-status", "--interval", "1s", "--plain"));
        }
        Launched.await("somebody drives", () -> status().object("driver").flag("alive"));
        Collections.shuffle(watchers, new Random(1));
        Launched.Child last = watchers.remove(0);
        for (Launched.Child watcher : watchers) {
            watcher.process().destroyForcibly().waitFor();
        }
        Files.createFile(folder.resolve("go"));
        assertThat(last.await()).as(last.out() + last.err()).isZero();
        assertThat(Launched.lines(ran())).containsExactly("after", "gate", "one");
        assertThat(status().text("state")).isEqualTo("completed");
    }

    @Test
    void twoWhoResumeAStalledRunAreOneDriverAndOneWhoIsToldSo() throws Exception {
        Launched.Child first = settle.start("run", "--backend", "local", "gated.yaml");
        awaitGate();
        first.process().destroyForcibly().waitFor();
        Launched.Child one = settle.start("resume", "gated");
        Launched.Child other = settle.start("resume", "gated");
        Launched.await(
                "one is refused",
                () -> !one.process().isAlive() || !other.process().isAlive());
        Launched.Child refused = one.process().isAlive() ? other : one;
        Launched.Child driver = refused == one ? other : one;
        assertThat(refused.await()).isEqualTo(2);
        assertThat(refused.err())
                .containsAnyOf("is alive: process " + driver.process().pid(), "which has just taken it")
                .contains("settle watch ");
        Files.createFile(folder.resolve("go"));
        assertThat(driver.await()).as(driver.out() + driver.err()).isZero();
        assertThat(Launched.lines(ran())).containsExactly("after", "gate", "one");
    }

    /** Suspended for longer than anybody would wait, and woken up after another driver has finished. */
    @Test
    void driverThatWakesUpFencedWritesNothingAndLeaves() throws Exception {
        Launched.Child sleeper = settle.start("run", "--backend", "slurm", "--interval", "1s", "gated.yaml");
        awaitGate();
        sleeper.signal("STOP");
        Path run;
        try (var runs = Files.list(folder.resolve("state/runs"))) {
            run = runs.findFirst().orElseThrow();
        }
        // Another machine, for which the age of the lease has to do, would have taken the run by now.
        Path lease = run.resolve("lease");
        String text = Files.readString(lease);
        Files.writeString(
                run.resolve("lease.other"),
                text.replace("\"fence\":1", "\"fence\":2")
                        .replaceFirst("\"host\":\"[^\"]*\"", "\"host\":\"elsewhere\""));
        Files.move(run.resolve("lease.other"), lease, StandardCopyOption.REPLACE_EXISTING);
        Files.move(
                Files.createFile(run.resolve("lock.other")),
                run.resolve("lease.lock"),
                StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel lock = FileChannel.open(run.resolve("lease.lock"), StandardOpenOption.WRITE)) {
            lock.lock();
            wakesUpFenced(sleeper, run);
        }
    }

    private void wakesUpFenced(Launched.Child sleeper, Path run) throws Exception {
        int submissions = slurm.calls("sbatch").size();
        byte[] before = Files.readAllBytes(run.resolve("journal.log"));
        Files.createFile(folder.resolve("go"));
        sleeper.signal("CONT");
        Launched.await(
                "the sleeper sees that it is fenced", () -> sleeper.err().contains("another process manages run"));
        assertThat(sleeper.process().isAlive()).as("it watches on").isTrue();
        assertThat(Files.readAllBytes(run.resolve("journal.log"))).isEqualTo(before);
        assertThat(slurm.calls("sbatch").size()).as("nothing more is started").isEqualTo(submissions);
    }

    @Test
    void submittedRunSurvivesItsTerminalAndTheKillOfItsBackgroundDriver() throws Exception {
        Launched.Child submit = settle.settle("submit", "--backend", "slurm", "--interval", "1s", "gated.yaml");
        String id = submit.out().strip();
        assertThat(submit.out()).isEqualTo(id + "\n");
        awaitGate();
        long pid = status().object("driver").longer("pid");
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        Launched.await(
                "the driver is gone",
                () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
        assertThat(listedState()).isEqualTo("stalled");
        assertThat(settle.settle("recover").out())
                .contains("the driver died: its process was killed", "handed to the background");
        Files.createFile(folder.resolve("go"));
        Launched.await("the run ends in the background", () -> listedState().equals("completed"));
        assertThat(Launched.lines(ran())).containsExactly("after", "gate", "one");
    }
}
