package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.testdata.FakeSlurm;
import dev.settle.testdata.StepQueueServer;
import dev.settle.testdata.StepQueueServer.Behaviour;
import dev.settle.testdata.StepQueueServer.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Control characters in what jobs, Slurm's tools and step queues say: no command prints them as they are. */
final class ControlCharactersIT {
    private static final String EVIL = "e\u001B]0;t\u0007v\u009B2J\u007F\u202E!";

    @TempDir
    Path folder;

    private Launched.Child clean(Launched launched, String... words) throws IOException, InterruptedException {
        Launched.Child child = launched.settle(words);
        for (String stream : List.of(child.out(), child.err())) {
            assertThat(stream)
                    .as("settle %s", String.join(" ", words))
                    .doesNotContainPattern("[\\p{Cntrl}&&[^\\n]]|[\\u007F-\\u009F\\u2028-\\u202E]");
        }
        return child;
    }

    /** Every look at the newest run. */
    private void looks(Launched launched) throws IOException, InterruptedException {
        for (String words : List.of(
                "status",
                "status --json",
                "list",
                "list --json",
                "explain",
                "explain --json",
                "report --json",
                "watch",
                "watch --events",
                "watch --json",
                "recover --dry-run",
                "completion bash")) {
            clean(launched, words.split(" "));
        }
    }

    @Test
    void ofJobsAndTheirNames() throws Exception {
        try (Launched launched = new Launched(folder, folder.resolve("state"), Map.of())) {
            Files.writeString(
                    folder.resolve("job.sh"),
                    "#!/bin/sh\n#SBATCH -J '" + EVIL + "'\nprintf '" + EVIL + "\\n' >&2; exit 3\n");
            assertThat(clean(launched, "run", "--backend", "local", "job.sh", EVIL)
                            .out())
                    .contains("\\u001b]0;t");
            looks(launched);
            Path stop = folder.resolve("stop.json");
            Files.writeString(
                    stop,
                    "{\"reason\": \"out_of_credits\", \"message\": \"\\u001B]0;t\\u0007 \\u202E\", \"link\": \"\\u001Bx\"}");
            assertThat(clean(launched, "run", "--backend", "local", "--", "sh", "-c", "cp '" + stop + "' $SETTLE_STOP")
                            .code())
                    .isEqualTo(3);
            looks(launched);
            Files.writeString(folder.resolve("next.json"), "[{\"id\": \"\\u001B]0;t\", \"\\u0007\": 1}]");
            Files.writeString(
                    folder.resolve("run.yaml"), "items: [{id: a, command: 'true', generates_source: next.json}]");
            assertThat(clean(launched, "run", "--backend", "local", "run.yaml").code())
                    .isEqualTo(1);
            looks(launched);
        }
    }

    @Test
    void ofSlurmsTools() throws Exception {
        try (FakeSlurm slurm = FakeSlurm.create();
                Launched launched = new Launched(folder, folder.resolve("state"), slurm.environment())) {
            slurm.plan(
                    "sbatch@1 fail 1 sbatch: error: Batch job submission failed: Invalid account " + EVIL,
                    "squeue@1 fail 1 slurm_load_jobs error: " + EVIL,
                    "job * pend " + EVIL);
            clean(launched, "run", "--backend", "slurm", "--interval", "1s", "--", "true");
            looks(launched);
            Launched.Child run =
                    launched.start("run", "--name", "waits", "--backend", "slurm", "--interval", "1s", "--", "true");
            Launched.await("the job waits", () -> run.err().contains("queued"));
            assertThat(clean(launched, "watch", "waits", "--timeout", "3s", "--events")
                            .code())
                    .isEqualTo(124);
            clean(launched, "status", "waits");
            clean(launched, "explain", "waits");
            slurm.replan();
            clean(launched, "cancel", "waits");
            run.await();
            // Control characters are taken out of a table where it is read.
            assertThat(run.out() + run.err()).contains("]0;t").doesNotContain("\u001B", "\u0007");
        }
    }

    @Test
    void ofAStepQueue() throws Exception {
        try (StepQueueServer server = StepQueueServer.start().token("t");
                Launched launched = new Launched(
                        folder,
                        folder.resolve("state"),
                        Map.of("T", "t", "SETTLE_QUEUE_BACKOFF_SCALE", "0.01", "SETTLE_QUEUE_ATTEMPTS", "2"))) {
            Files.writeString(folder.resolve("model.py"), "x = 1\n");
            String run = server.startRun(Map.of("model.py", "x = 1\n"), "score", 3);
            Files.writeString(
                    folder.resolve("run.yaml"),
                    "backend: local\nqueue: {url: \"" + server.url() + "\", run: " + run
                            + ", token_env: T, poll: 1s}\n");
            String words =
                    "{\"detail\": {\"message\": \"\\u001B]0;t\\u0007 \\u009B \\u202E\", \"error_code\": \"\\u001B\"}}";
            server.on(Route.STATUS, 1, Behaviour.status(503, words));
            server.on(Route.SUGGEST, 1, Behaviour.status(402, words));
            Launched.Child ended = clean(launched, "run", "--json", "run.yaml");
            assertThat(ended.code()).isEqualTo(3);
            assertThat(ended.err())
                    .as("a retry is reported, with --json as well")
                    .contains("the step queue does not answer (attempt 1 of 2)");
            assertThat(ended.out()).contains("out_of_credits");
            looks(launched);
        }
    }
}
