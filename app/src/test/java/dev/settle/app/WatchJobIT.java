package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.FakeSlurm;
import dev.settle.testdata.Processes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code watch --job} makes of ids while Slurm does not say all, on a scripted Slurm. */
final class WatchJobIT {
    private final FakeSlurm slurm = FakeSlurm.create();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        slurm.close();
    }

    private String sbatch(String... words) {
        List<String> command = new ArrayList<>(List.of("env", "sbatch", "--parsable", "-o", "/dev/null"));
        command.addAll(List.of(words));
        return Processes.output(slurm.environment(), Duration.ofSeconds(20), command)
                .strip();
    }

    @Test
    void watchingTheSameIdsAgainContinuesTheSameRunUnderTheJobsName() throws Exception {
        String job = sbatch("--job-name", "my-training", "--wrap", "sleep 20");
        try (Launched settle = new Launched(folder, folder.resolve("state"), slurm.environment())) {
            Launched.Child first =
                    settle.settle("watch", "--job", job, "--exit-status", "--interval", "1s", "--timeout", "2s");
            assertThat(first.code()).as(first.err()).isEqualTo(124);
            String run =
                    Json.parseObject(settle.settle("status", "--json").out()).text("id");
            assertThat(first.err()).contains("settle watch " + run + " --exit-status --interval 1s --timeout 2s");
            assertThat(settle.settle("watch", "--job", job, "--timeout", "1s").code())
                    .isEqualTo(124);
            List<Fields> runs =
                    Json.parseObject(settle.settle("list", "--json").out()).objects("runs");
            assertThat(runs).hasSize(1);
            assertThat(runs.get(0).text("id")).isEqualTo(run);
            Launched.Child status = settle.settle("status", run);
            assertThat(status.out()).contains(job + " my-training");
            assertThat(settle.settle("status", run, "--json").items().get(job).text("name"))
                    .isEqualTo("my-training");
        }
    }

    @Test
    void arrayIsWatchedWholeAlthoughOneEmptyAnswerMetAnAccountingThatIsBehind() throws Exception {
        String job = sbatch("--array=0-3", "--wrap", "sleep 4; exit $SLURM_ARRAY_TASK_ID");
        slurm.plan(
                "squeue@1 empty",
                "job " + job + "_0 lost sacct",
                "job " + job + "_1 lost sacct",
                "job " + job + "_2 lost sacct");
        try (Launched settle = new Launched(folder, folder.resolve("state"), slurm.environment())) {
            Launched.Child watch = settle.start("watch", "--job", job, "--exit-status", "--json", "--interval", "1s");
            Launched.await("squeue is asked again", () -> slurm.calls("squeue").size() >= 2);
            slurm.replan();
            assertThat(watch.await()).as(watch.err()).isEqualTo(1);
            assertThat(watch.items()).containsOnlyKeys(job + "_0", job + "_1", job + "_2", job + "_3");
        }
    }
}
