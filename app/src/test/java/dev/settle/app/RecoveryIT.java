package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.FakeSlurm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drivers that die, and what goes on with their runs: through the launcher, on the fake Slurm. */
final class RecoveryIT {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(120);

    @TempDir
    Path folder;

    private final FakeSlurm slurm = FakeSlurm.create();
    private Launched launched;

    @BeforeEach
    void setUp() {
        launched = new Launched(folder, folder.resolve("home"), slurm.environment());
    }

    @AfterEach
    void endAll() {
        launched.close();
        slurm.close();
    }

    private Launched.Child settle(String... words) throws IOException, InterruptedException {
        return launched.settle(words);
    }

    /** Two chains: {@code gate} waits for a file before {@code after} may run; {@code quick} ends at once. */
    private Path runFile(String backend) throws IOException {
        String ran = folder.resolve("ran").toString();
        String go = folder.resolve("go").toString();
        return Files.writeString(
                folder.resolve("chains.yaml"),
                """
                name: chains
                backend: BACKEND
                items:
                  - {id: gate, command: "echo gate >> RAN; while [ ! -e GO ]; do sleep 0.1; done"}
                  - {id: after, command: "echo after >> RAN", deps: [gate]}
                  - {id: quick, command: "echo quick >> RAN"}
                """.replace("BACKEND", backend).replace("RAN", ran).replace("GO", go));
    }

    private void go() throws IOException {
        Files.createFile(folder.resolve("go"));
    }

    private List<String> ran() throws IOException {
        return Launched.lines(folder.resolve("ran"));
    }

    /** Starts the chains and kills the driver while {@code gate} runs. */
    private void runAndKillDriver(String backend) throws IOException, InterruptedException {
        runFile(backend);
        Launched.Child driver = launched.start("run", "--interval", "1s", "chains.yaml");
        awaitRunning(driver);
        driver.process().destroyForcibly().waitFor();
    }

    private void awaitRunning(Launched.Child driver) throws IOException, InterruptedException {
        Instant until = Instant.now().plus(ANSWER_MAX);
        while (!ran().equals(List.of("gate", "quick")) && Instant.now().isBefore(until)) {
            assertThat(driver.process().waitFor(50, TimeUnit.MILLISECONDS))
                    .as("the driver goes on")
                    .isFalse();
        }
        assertThat(ran()).containsExactly("gate", "quick");
    }

    private Fields status() throws IOException, InterruptedException {
        return Json.parseObject(settle("status", "--json").out());
    }

    private String listedState() throws IOException, InterruptedException {
        return Json.parseObject(settle("list", "--json").out())
                .objects("runs")
                .get(0)
                .text("state");
    }

    @ParameterizedTest
    @ValueSource(strings = {"slurm", "local"})
    void killedDriverIsToldAndTheNextWatcherFinishesItsRunWithEachItemRunOnce(String backend) throws Exception {
        runAndKillDriver(backend);

        assertThat(listedState()).isEqualTo("stalled");
        Fields driver = status().object("driver");
        assertThat(driver.flag("alive")).isFalse();
        assertThat(driver.text("host")).isNotEmpty();
        Launched.Child diagnosis = settle("recover", "--dry-run");
        assertThat(diagnosis.code()).isZero();
        assertThat(diagnosis.out())
                .contains("the driver died: its process was killed", "would be handed to the background driver");
        assertThat(listedState()).as("a dry run changes nothing").isEqualTo("stalled");

        go();
        Launched.Child watch = settle("watch", "--exit-status", "--interval", "1s");
        assertThat(watch.code()).as(watch.out() + watch.err()).isZero();
        assertThat(ran()).containsExactly("after", "gate", "quick");
        assertThat(settle("recover").out()).isEqualTo("Nothing to recover.\n");
    }

    @Test
    void recoveredRunGoesOnInTheBackground() throws Exception {
        runAndKillDriver("slurm");
        go();
        assertThat(settle("recover").code()).isZero();
        Launched.Child watch = settle("watch", "--exit-status", "--no-drive");
        // The background driver takes a moment to begin; until then a watcher that only looks finds nobody.
        for (int i = 0; i < 20 && watch.code() == 3; i++) {
            watch = settle("watch", "--exit-status", "--no-drive");
        }
        assertThat(watch.code()).as(watch.out() + watch.err()).isZero();
        assertThat(ran()).containsExactly("after", "gate", "quick");
    }

    @Test
    void endedRunReadsInterruptedLeavesItsJobsAloneAndCanBeResumed() throws Exception {
        runAndKillDriver("slurm");

        Launched.Child recovered = settle("recover", "--end");
        assertThat(recovered.code()).as(recovered.err()).isZero();
        Fields run = status();
        assertThat(run.text("state")).isEqualTo("interrupted");
        assertThat(run.object("stop").text("reason")).isEqualTo("driver_died");
        assertThat(slurm.calls("scancel")).isEmpty();

        go();
        Launched.Child resumed = settle("resume", "--interval", "1s");
        assertThat(resumed.code()).as(resumed.out() + resumed.err()).isZero();
        assertThat(ran()).containsExactly("after", "gate", "quick");
    }

    @Test
    void runThatIsAliveIsNotResumed() throws Exception {
        runFile("slurm");
        Launched.Child driver = launched.start("run", "--interval", "1s", "chains.yaml");
        awaitRunning(driver);
        Launched.Child refused = settle("resume");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("process " + driver.process().pid(), "settle watch ");
        go();
        assertThat(driver.await()).isZero();
        assertThat(ran()).containsExactly("after", "gate", "quick");
    }

    @Test
    void resumeRunsOnlyWhatHasNoGoodVerdictAndItsDependents() throws Exception {
        Path ran = folder.resolve("ran");
        Path go = folder.resolve("go");
        Files.writeString(
                folder.resolve("fails.yaml"), """
                name: fails
                backend: slurm
                items:
                  - {id: good, command: "echo good >> RAN"}
                  - {id: bad, command: "echo bad >> RAN; test -e GO"}
                  - {id: then, command: "echo then >> RAN", deps: [bad]}
                """.replace("RAN", ran.toString()).replace("GO", go.toString()));
        assertThat(settle("run", "--interval", "1s", "fails.yaml").code()).isEqualTo(1);
        go();
        Launched.Child resumed = settle("resume", "--interval", "1s");
        assertThat(resumed.code()).as(resumed.out() + resumed.err()).isZero();
        assertThat(ran()).containsExactly("bad", "bad", "good", "then");
    }

    @Test
    void watchOfAnUnconfirmedRunAsksAccountingOnceMore() throws Exception {
        slurm.plan("job * lost sacct");
        Launched.Child run = settle("run", "--interval", "1s", "--settle-timeout", "2s", "--", "true");
        assertThat(run.code()).as(run.out() + run.err()).isEqualTo(4);
        slurm.replan();
        // The driver's last answer serves others for two seconds.
        Launched.Child watch = settle("watch", "--exit-status");
        for (int i = 0; i < 20 && watch.code() == 4; i++) {
            watch = settle("watch", "--exit-status");
        }
        assertThat(watch.code()).as(watch.out() + watch.err()).isZero();
        assertThat(status().objects("items").get(0).text("confirmed_by")).isEqualTo("accounting");
    }

    /** One fails, what depends on it and a third one never start; then all forms of resume. */
    @Test
    void resumeTakesWhatItIsToldAndKeepsWhyTheRestNeverStarted() throws Exception {
        Path go = folder.resolve("go");
        Files.writeString(folder.resolve("forms.yaml"), """
                name: forms
                backend: local
                max_failures: 1
                max_concurrent: 1
                items:
                  - {id: good, command: "echo good >> RAN"}
                  - {id: bad, command: "echo bad >> RAN; test -e GO"}
                  - {id: then, command: "echo then >> RAN", deps: [bad]}
                  - {id: other, command: "echo other >> RAN"}
                """.replace(
                "RAN", folder.resolve("ran").toString()).replace("GO", go.toString()));
        assertThat(settle("run", "forms.yaml").code()).isEqualTo(1);
        assertThat(ran()).containsExactly("bad", "good");

        go();
        Launched.Child failedOnly = settle("resume", "--failed-only");
        assertThat(failedOnly.code()).isEqualTo(3);
        assertThat(failedOnly.out()).contains("Run cancelled.", "1 item that never started was left out");
        assertThat(ran()).containsExactly("bad", "bad", "good", "then");

        assertThat(settle("resume").code()).isZero();
        assertThat(ran()).containsExactly("bad", "bad", "good", "other", "then");

        assertThat(settle("resume", "--from", "bad").code()).isZero();
        assertThat(ran()).containsExactly("bad", "bad", "bad", "good", "other", "then", "then");

        Launched.Child again = settle("resume");
        assertThat(again.code()).as("nothing is left to run").isZero();
        assertThat(ran()).hasSize(7);
        assertThat(settle("resume", "--from", "nobody").code()).isEqualTo(5);
    }

    @Test
    void backgroundDriverLeavesADamagedRunAloneAndDrivesTheOthers() throws Exception {
        Files.writeString(folder.resolve("wait.yaml"), """
                name: wait
                backend: local
                items: [{id: gate, command: "while [ ! -e GO ]; do sleep 0.1; done"}]
                """.replace(
                        "GO", folder.resolve("go").toString()));
        String broken = settle("submit", "wait.yaml").out().strip();
        String other = settle("submit", "wait.yaml").out().strip();
        for (int i = 0; i < 200 && !(driven(broken) && driven(other)); i++) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        long pid = Json.parseObject(settle("status", other, "--json").out())
                .object("driver")
                .longer("pid");
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        Path journal = folder.resolve("home/runs/" + broken + "/journal.log");
        byte[] bytes = Files.readAllBytes(journal);
        bytes[20] ^= 1;
        Files.write(journal, bytes);
        go();
        Launched.Child recovered = settle("recover");
        assertThat(recovered.code()).isEqualTo(74);
        assertThat(recovered.err()).contains(broken, "damaged at byte");
        Launched.Child list = settle("list", "--json");
        assertThat(list.code()).isEqualTo(74);
        assertThat(list.err()).contains("run " + broken + " cannot be shown", "damaged at byte");
        Fields listed = Json.parseObject(list.out());
        assertThat(listed.objects("unreadable").get(0).text("id")).isEqualTo(broken);
        assertThat(listed.objects("runs").get(0).text("id")).isEqualTo(other);
        assertThat(settle("watch", other, "--exit-status").code()).isZero();
        assertThat(Files.readAllBytes(journal))
                .as("what is damaged is not touched")
                .isEqualTo(bytes);
    }

    private boolean driven(String run) throws IOException, InterruptedException {
        return Json.parseObject(settle("status", run, "--json").out())
                .object("driver")
                .flag("alive");
    }
}
