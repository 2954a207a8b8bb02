package dev.settle.app.stepqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.app.stepqueue.client.QueueLimits;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.testdata.StepQueueServer;
import dev.settle.testdata.StepQueueServer.Behaviour;
import dev.settle.testdata.StepQueueServer.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs in virtual time against the stand-in service, which answers as it should. */
final class StepQueueKernelTest {
    private static final List<String> FIVE = List.of("step-0", "step-1", "step-2", "step-3", "step-4");

    @TempDir
    private Path temp;

    private StepQueueServer server;
    private QueueRig rig;

    @BeforeEach
    void start() throws IOException {
        server = StepQueueServer.start();
        rig = new QueueRig(temp, server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void fiveStepsAreEvaluatedAndSubmittedOnce() {
        Map<String, String> before = rig.tree();
        double[] scores = {0.1, 0.5, 0.3, 0.9, 0.2};
        int[] next = {0};
        rig.evaluator = work -> {
            assertThat(work.resolve("model.py")).hasContent("x = 1\n# step " + next[0] + "\n");
            assertThat(work.resolve("data.txt")).hasContent("data");
            return QueueRig.Evaluation.score(scores[next[0]++]);
        };
        Stop stop = rig.run();
        assertThat(stop.reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(rig.evaluated).isEqualTo(FIVE);
        assertThat(server.seen(Route.SUGGEST)).hasSize(5);
        assertThat(server.outputs("run-1")).containsEntry(3, "score: 0.9\n").hasSize(5);
        assertThat(server.terminations()).isEmpty();
        assertThat(rig.tree()).isEqualTo(before);
        assertThat(rig.state().queue().best().orElseThrow().metric()).isEqualTo(OptionalDouble.of(0.9));
        assertThat(rig.runFolder.resolve("best/files/model.py")).hasContent("x = 1\n# step 3\n");
        assertThat(rig.runFolder.resolve("steps/3/work")).doesNotExist();
    }

    @Test
    void failedStepIsSubmittedAndTheRunIsHonest() {
        int[] next = {0};
        rig.evaluator = work -> next[0]++ == 2
                ? new QueueRig.Evaluation("Traceback\nboom", 3, Duration.ofSeconds(1))
                : QueueRig.Evaluation.score(0.5);
        Stop stop = rig.run();
        assertThat(stop.reason()).isEqualTo(StopReason.ITEMS_FAILED);
        assertThat(rig.items()).containsEntry("step-2", ItemState.FAILED);
        assertThat(server.outputs("run-1").get(2))
                .isEqualTo("Traceback\nboom\n[settle] the command ended badly: exit code 3, after 1.0 s\n");
        assertThat(server.seen(Route.SUGGEST).get(2).body()).contains("\"exit_code\":3");
        // Everything was evaluated and submitted: there is nothing to do again.
        assertThat(rig.resume().reason()).isEqualTo(StopReason.ITEMS_FAILED);
        assertThat(rig.evaluated).isEqualTo(FIVE);
    }

    @Test
    void outputThatIsTooLongOnlyWithItsLastLineIsCutAsWell() {
        rig.evaluator = work -> new QueueRig.Evaluation("x".repeat(50_990), 3, Duration.ofSeconds(1));
        rig.run();
        assertThat(server.outputs("run-1").get(0))
                .hasSizeLessThanOrEqualTo(51_000)
                .startsWith("x".repeat(25_000) + "\n ... [")
                .endsWith("[settle] the command ended badly: exit code 3, after 1.0 s\n");
    }

    @Test
    void defectInACallEndsTheDriverAndIsNoTroubleOfTheDisk() {
        Function<Item, List<Path>> whole = rig.outputs;
        rig.outputs = item -> Collections.singletonList(null);
        assertThatThrownBy(() -> rig.run())
                .hasMessageContaining("defect")
                .hasCauseInstanceOf(NullPointerException.class);
        assertThat(rig.state().ended()).as("the next driver goes on").isEmpty();
        rig.outputs = whole;
        assertThat(rig.takeOver().reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(rig.evaluated).isEqualTo(FIVE);
    }

    @Test
    void candidateThatReachesOutOfTheDirectoryIsNotEvaluated() {
        server.candidates((source, step) -> step == 1 ? Map.of("../../evil.py", "x") : source);
        Stop stop = rig.run();
        assertThat(stop.reason()).isEqualTo(StopReason.ITEMS_FAILED);
        assertThat(rig.evaluated).isEqualTo(List.of("step-0", "step-2", "step-3", "step-4"));
        assertThat(server.outputs("run-1").get(1)).contains("outside the working directory");
        assertThat(temp.resolve("evil.py")).doesNotExist();
    }

    @Test
    void maxFailuresStopsAndTellsTheService() {
        rig.maxFailures = OptionalInt.of(2);
        rig.evaluator = work -> new QueueRig.Evaluation("no", 1, Duration.ofSeconds(1));
        Stop stop = rig.run();
        assertThat(stop.reason()).isEqualTo(StopReason.MAX_FAILURES);
        assertThat(rig.evaluated).hasSize(2);
        assertThat(server.terminations()).hasSize(1);
        assertThat(server.terminations().get(0)).containsEntry("termination_reason", "max_failures");
        // The second result is kept, not lost.
        assertThat(server.outputs("run-1")).hasSize(1);
        assertThat(rig.runFolder.resolve("steps/1/result.json")).exists();
    }

    @Test
    void serviceWithNothingReadyForTooLongIsUnavailable() {
        rig.limits = new QueueLimits(
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                5,
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofSeconds(60));
        server.always(
                Route.TASKS,
                Behaviour.status(200, "{\"tasks\": [], \"run\": {\"id\": \"run-1\", \"status\": \"running\"}}"));
        Instant begin = rig.now();
        assertThat(rig.run().reason()).isEqualTo(StopReason.QUEUE_UNAVAILABLE);
        assertThat(Duration.between(begin, rig.now())).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(6));
        // One poll a second, a heartbeat each 30 s.
        assertThat(server.seen(Route.TASKS)).hasSizeBetween(290, 310);
        assertThat(server.seen(Route.HEARTBEAT)).hasSizeBetween(9, 12);
    }

    @Test
    void logsHaveTheLayoutThatUsersKnow() throws IOException {
        rig.saveLogs = Optional.of(temp.resolve("logs").toString());
        server.on(Route.SUGGEST, 2, Behaviour.status(402, "{\"detail\": \"spent\"}"));
        rig.run();
        rig.resume();
        Path root = temp.resolve("logs/run-1");
        assertThat(root.resolve("steps/1/files/model.py")).hasContent("x = 1\n# step 1\n");
        assertThat(root.resolve("steps/1/manifest.json")).exists();
        assertThat(root.resolve("best/files/model.py")).exists();
        assertThat(root.resolve("outputs/step_1.out.txt")).hasContent("score: 0.5\n");
        List<String> lines = Files.readAllLines(root.resolve("exec_output.jsonl"));
        assertThat(lines).hasSize(6);
        assertThat(lines.get(0)).contains("\"step\":0", "\"output_file\":\"outputs/step_0.out.txt\"");
        assertThat(lines.get(0))
                .contains("\"exit_code\":0", "\"attempt\":1", "\"metric\":0.5", "\"submission\":\"accepted\"");
        assertThat(lines.get(1)).contains("\"step\":1", "\"submission\":\"not_submitted: out_of_credits\"");
        assertThat(lines.get(2)).contains("\"step\":1", "\"submission\":\"accepted\"");
    }

    @Test
    void tokenIsInNoFileAndNoLine() throws IOException {
        server.on(Route.TASKS, 2, Behaviour.status(401, "{\"detail\": \"bad Bearer " + QueueRig.TOKEN + "\"}"));
        rig.run();
        assertThat(rig.entries()).asString().doesNotContain(QueueRig.TOKEN);
        try (var files = Files.walk(temp)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file)).doesNotContain(QueueRig.TOKEN);
            }
        }
    }
}
