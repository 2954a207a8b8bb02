package dev.settle.app.stepqueue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.run.ItemState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.testdata.StepQueueServer;
import dev.settle.testdata.StepQueueServer.Behaviour;
import dev.settle.testdata.StepQueueServer.Route;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs in virtual time of an account that has no credits left, or whose token is rejected. */
final class QueueCreditsTest {
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

    /** At each call that a fresh run makes, at its first and at a later time. */
    @ParameterizedTest
    @CsvSource({
        "START, 1, 0",
        "TASKS, 1, 0",
        "TASKS, 3, 2",
        "CLAIM, 1, 0",
        "CLAIM, 3, 2",
        "SUGGEST, 1, 1",
        "SUGGEST, 3, 3",
        "HEARTBEAT, 1, 0"
    })
    void outOfCreditsStopsAtOnce(Route route, int nth, int evaluated) {
        server.on(
                route,
                nth,
                Behaviour.status(402, "{\"detail\": {\"message\": \"No credits\", \"error_code\": \"c\"}}"));
        Instant before = rig.now();
        Stop stop = rig.run();
        assertThat(stop.reason()).isEqualTo(StopReason.OUT_OF_CREDITS);
        assertThat(stop.link()).contains("https://pay.example/checkout/1");
        assertThat(stop.detail().orElseThrow()).contains("settle credits --queue " + server.url() + " --auto-topup on");
        assertThat(stop.evidence()).hasSize(1);
        assertThat(stop.evidence().get(0).text()).isEqualTo("402: No credits");
        assertThat(server.seen(route)).hasSize(nth);
        assertThat(rig.evaluated).hasSizeLessThanOrEqualTo(evaluated);
        if (route == Route.START) {
            assertThat(server.terminations()).isEmpty();
        } else {
            assertThat(server.terminations()).hasSize(1);
            assertThat(server.terminations().get(0))
                    .containsEntry("termination_reason", "out_of_credits")
                    .containsEntry("status_update", "terminated");
            assertThat(String.valueOf(server.terminations().get(0).get("termination_details")))
                    .contains("No credits");
        }
        assertThat(Duration.between(stop.at(), rig.now())).isLessThan(Duration.ofSeconds(2));
        assertThat(before).isBefore(rig.now().plusSeconds(1));
    }

    @Test
    void resultThatMetThe402IsSubmittedFirstAndNotEvaluatedAgain() {
        server.on(Route.SUGGEST, 3, Behaviour.status(402, "{\"detail\": \"spent\"}"));
        assertThat(rig.run().reason()).isEqualTo(StopReason.OUT_OF_CREDITS);
        assertThat(rig.evaluated).hasSize(3);
        assertThat(server.status("run-1")).contains("terminated");
        int claims = server.seen(Route.CLAIM).size();
        Stop stop = rig.resume();
        assertThat(stop.reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(rig.evaluated).isEqualTo(FIVE);
        assertThat(server.seen(Route.RESUME)).hasSize(1);
        assertThat(server.outputs("run-1")).hasSize(5);
        // The stored result went out before anything else was claimed.
        assertThat(server.seen(Route.CLAIM)).hasSize(claims + 2);
    }

    @Test
    void resumeThatMeetsTheSame402AgainKeepsTheResultAgain() {
        server.always(Route.SUGGEST, Behaviour.status(402, "{\"detail\": \"spent\"}"));
        assertThat(rig.run().reason()).isEqualTo(StopReason.OUT_OF_CREDITS);
        assertThat(rig.resume().reason()).isEqualTo(StopReason.OUT_OF_CREDITS);
        assertThat(rig.evaluated).isEqualTo(List.of("step-0"));
        server.unscripted();
        assertThat(rig.resume().reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(rig.evaluated).isEqualTo(FIVE);
    }

    @Test
    void resumeThatIsRefusedForCreditsSaysSo() {
        server.on(Route.SUGGEST, 1, Behaviour.status(402, "{\"detail\": \"spent\"}"));
        server.on(Route.RESUME, 1, Behaviour.status(402, "{\"detail\": \"still spent\"}"));
        rig.run();
        Stop stop = rig.resume();
        assertThat(stop.reason()).isEqualTo(StopReason.OUT_OF_CREDITS);
        assertThat(stop.evidence().get(0).text()).isEqualTo("402: still spent");
        assertThat(rig.resume().reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(rig.evaluated).isEqualTo(FIVE);
    }

    @Test
    void noFurtherCandidateIsEvaluatedWhileAnotherTaskIsReady() {
        server.readyAhead(3);
        server.on(Route.SUGGEST, 1, Behaviour.status(402, "{\"detail\": \"spent\"}"));
        assertThat(rig.run().reason()).isEqualTo(StopReason.OUT_OF_CREDITS);
        assertThat(rig.evaluated).isEqualTo(List.of("step-0"));
        assertThat(server.seen(Route.CLAIM)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"detail\": {\"message\": \"m\", \"topup_url\": \"https://own.example\"}} | true | https://own.example",
                "{\"detail\": \"m\"} | true | https://pay.example/checkout/1",
                "{\"detail\": \"m\"} | false | https://topup.example/file",
            })
    void linkIsTheServicesElseTheCheckoutElseTheFiles(String body, boolean checkout, String link) {
        server.on(Route.SUGGEST, 1, Behaviour.status(402, body));
        if (!checkout) {
            server.checkout(Optional.empty());
        }
        assertThat(rig.run().link()).contains(link);
        assertThat(server.seen(Route.CHECKOUT)).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void creditsEndWhileAStepRunsAndTheStepIsEnded() {
        server.on(Route.HEARTBEAT, 2, Behaviour.status(402, "{\"detail\": \"spent\"}"));
        rig.evaluator = work -> new QueueRig.Evaluation("score: 1\n", 0, Duration.ofMinutes(5));
        Stop stop = rig.run();
        assertThat(stop.reason()).isEqualTo(StopReason.OUT_OF_CREDITS);
        assertThat(rig.items()).containsEntry("step-0", ItemState.CANCELLED);
        assertThat(Duration.between(stop.at(), rig.now())).isLessThan(Duration.ofSeconds(2));
        rig.evaluator = work -> QueueRig.Evaluation.score(0.5);
        assertThat(rig.resume().reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(rig.evaluated).isEqualTo(List.of("step-0", "step-0", "step-1", "step-2", "step-3", "step-4"));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void rejectedTokenIsNotTriedAgain(int status) {
        server.on(Route.TASKS, 2, Behaviour.status(status, "{\"detail\": \"Invalid token\"}"));
        Stop stop = rig.run();
        assertThat(stop.reason()).isEqualTo(StopReason.NOT_AUTHORISED);
        assertThat(stop.evidence().get(0).text()).isEqualTo(status + ": Invalid token");
        assertThat(server.seen(Route.TASKS)).hasSize(2);
    }
}
