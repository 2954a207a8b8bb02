package dev.settle.app.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.Launched;
import dev.settle.core.json.Json;
import dev.settle.testdata.FakeSlurm;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A signal ends a driver within two seconds, whatever hangs, and the run goes on later. */
@Timeout(120)
final class ShutdownIT {
    private static final Duration LEAVING_MAX = Duration.ofSeconds(2);

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"INT,130,sbatch", "TERM,143,sbatch", "HUP,129,squeue", "TERM,143,sacct", "INT,130,squeue"})
    void signalEndsTheDriverInTimeWithItsStatusWhileACommandHangs(String signal, int status, String tool)
            throws Exception {
        try (FakeSlurm slurm = FakeSlurm.create();
                Launched settle = new Launched(folder, folder.resolve("state"), slurm.environment())) {
            slurm.plan(tool + "@1 hang", "job * ends COMPLETED");
            Path ran = folder.resolve("ran");
            Launched.Child driver = settle.start(
                    "run",
                    "--backend",
                    "slurm",
                    "--interval",
                    "1s",
                    "--lost-after",
                    "2s",
                    "--",
                    "sh",
                    "-c",
                    // Its end must not be settled before the signal comes, where only the queue's tool hangs.
                    "sleep 2; echo ran >> " + ran);
            Launched.await(tool + " hangs", () -> !slurm.calls(tool).isEmpty());
            Instant asked = Instant.now();
            driver.signal(signal);
            assertThat(driver.await()).as(driver.err()).isEqualTo(status);
            assertThat(Duration.between(asked, Instant.now())).isLessThan(LEAVING_MAX);
            String id = Json.parseObject(settle.settle("list", "--json").out())
                    .objects("runs")
                    .get(0)
                    .text("id");
            assertThat(driver.err()).contains("it continues in the background. To follow: settle watch " + id);

            slurm.replan();
            Launched.Child watch = settle.settle("watch", "--exit-status", "--interval", "1s", "--lost-after", "2s");
            assertThat(watch.process().exitValue())
                    .as(watch.out() + watch.err())
                    .isZero();
            assertThat(Launched.lines(ran)).containsExactly("ran");
        }
    }
}
