package dev.settle.app;

import static dev.settle.app.SettleOnSlurm.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.testdata.FakeSlurm;
import dev.settle.testdata.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on other clusters, on a scripted Slurm with two of them whose jobs have the same numbers. */
final class ClustersIT {
    private final FakeSlurm slurm = FakeSlurm.create();
    private final FakeSlurm other = slurm.cluster("other");

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        other.close();
        slurm.close();
    }

    private Map<String, String> environment(String... more) {
        Map<String, String> variables = new HashMap<>(slurm.environment());
        for (int i = 0; i < more.length; i += 2) {
            variables.put(more[i], more[i + 1]);
        }
        return variables;
    }

    /** A good job of the number that the job elsewhere is going to have. */
    private void goodJobOfTheSameNumberHere() {
        Processes.output(
                environment(), Duration.ofSeconds(20), List.of("env", "sbatch", "-o", "/dev/null", "--wrap", "true"));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("run.yaml"), text);
    }

    @Test
    void jobThatTheEnvironmentSendsElsewhereIsJudgedThere() throws Exception {
        goodJobOfTheSameNumberHere();
        try (Launched settle = new Launched(
                folder,
                folder.resolve("state"),
                environment("SBATCH_CLUSTERS", "other", "SLURM_CLUSTERS", "other", "SQUEUE_FORMAT", "%i"))) {
            Launched.Child run =
                    settle.start("run", "--backend", "slurm", "--json", "--interval", "1s", "--", "sh", "-c", "exit 3");
            assertThat(run.await()).as(run.err()).isEqualTo(1);
            Fields item = run.items().values().iterator().next();
            assertThat(field(item, "job_id")).isEqualTo("1");
            assertThat(field(item, "cluster")).isEqualTo("other");
            assertThat(field(item, "exit_code")).isEqualTo("3");
            // Controller and record may decide before accounting is asked.
            assertThat(other.calls("squeue").size() + other.calls("sacct").size())
                    .isPositive();
            assertThat(slurm.calls("squeue")).isEmpty();
            assertThat(slurm.calls("sacct")).isEmpty();
        }
    }

    @Test
    void itemsOfOneRunAreJudgedEachOnItsCluster() throws Exception {
        Path file = file("""
                backend: slurm
                items:
                  - {id: here, command: "true"}
                  - {id: there, command: "exit 4", extra: ["-M other"]}
                """);
        try (Launched settle = new Launched(folder, folder.resolve("state"), environment())) {
            Launched.Child run = settle.start("run", file.toString(), "--json", "--interval", "1s");
            assertThat(run.await()).as(run.err()).isEqualTo(1);
            Map<String, Fields> items = run.items();
            assertThat(field(items.get("here"), "state")).isEqualTo("completed");
            assertThat(field(items.get("here"), "cluster")).isEmpty();
            assertThat(field(items.get("there"), "exit_code")).isEqualTo("4");
            assertThat(field(items.get("there"), "cluster")).isEqualTo("other");
            assertThat(field(items.get("there"), "job_id")).isEqualTo(field(items.get("here"), "job_id"));
        }
    }

    @Test
    void cancellationEndsTheJobElsewhereAndLeavesTheOneOfTheSameNumber() throws Exception {
        Processes.output(
                environment(),
                Duration.ofSeconds(20),
                List.of("env", "sbatch", "-o", "/dev/null", "--wrap", "sleep 600"));
        Path file = file("""
                name: away
                backend: slurm
                items: [{id: there, command: "sleep 600", extra: ["--clusters=other"]}]
                """);
        try (Launched settle = new Launched(folder, folder.resolve("state"), environment())) {
            Launched.Child run = settle.start("run", file.toString(), "--json", "--interval", "1s");
            Launched.await("the job is there", () -> !other.calls("sbatch").isEmpty());
            Launched.Child cancel = settle.start("cancel", "away");
            assertThat(run.await()).as(run.err()).isNotZero();
            cancel.await();
            assertThat(field(run.items().get("there"), "state")).isEqualTo("cancelled");
            assertThat(other.calls("scancel")).isNotEmpty();
            assertThat(slurm.calls("scancel")).isEmpty();
            assertThat(Processes.output(
                            environment(), Duration.ofSeconds(20), List.of("env", "squeue", "-h", "-o", "%i %T")))
                    .isEqualTo("1 RUNNING\n");
        }
    }

    @Test
    void unclearSubmissionIsFoundOnTheClusterThatTookIt() throws Exception {
        other.plan("sbatch@1 accept-timeout");
        Path file = file("""
                backend: slurm
                items: [{id: there, command: "exit 5", extra: ["--clusters=fake,other"]}]
                """);
        try (Launched settle = new Launched(folder, folder.resolve("state"), environment())) {
            Launched.Child run = settle.start("run", file.toString(), "--json", "--interval", "1s");
            assertThat(run.await()).as(run.err()).isEqualTo(1);
            assertThat(field(run.items().get("there"), "cluster")).isEqualTo("other");
            assertThat(field(run.items().get("there"), "exit_code")).isEqualTo("5");
            assertThat(other.calls("sbatch")).hasSize(1);
        }
    }

    @Test
    void jobsOfAnotherClusterAreWatchedThere() throws Exception {
        goodJobOfTheSameNumberHere();
        Processes.output(
                environment(),
                Duration.ofSeconds(20),
                List.of("env", "sbatch", "-M", "other", "-o", "/dev/null", "--wrap", "exit 6"));
        try (Launched settle = new Launched(folder, folder.resolve("state"), environment())) {
            for (List<String> words : List.of(List.of("1;other"), List.of("1", "-M", "other"))) {
                List<String> command =
                        new ArrayList<>(List.of("watch", "--exit-status", "--json", "--interval=1s", "--job"));
                command.addAll(words);
                Launched.Child watch = settle.start(command.toArray(String[]::new));
                assertThat(watch.await()).as(watch.err()).isEqualTo(1);
                assertThat(field(watch.items().get("1@other"), "exit_code")).isEqualTo("6");
                assertThat(field(watch.items().get("1@other"), "cluster")).isEqualTo("other");
            }
        }
    }

    @Test
    void clusterThatAccountingDoesNotKnowIsRefusedBeforeAnythingIsSubmitted() throws Exception {
        try (Launched settle =
                new Launched(folder, folder.resolve("state"), environment("SBATCH_CLUSTERS", "nowhere"))) {
            Launched.Child run = settle.start("run", "--backend", "slurm", "--", "true");
            assertThat(run.await()).isEqualTo(2);
            assertThat(run.err()).contains("cluster nowhere is not known to Slurm's accounting");
            assertThat(slurm.calls("sbatch")).isEmpty();
            Launched.Child watch = settle.start("watch", "--job", "1", "-M", "nowhere");
            assertThat(watch.await()).isEqualTo(2);
        }
    }
}
