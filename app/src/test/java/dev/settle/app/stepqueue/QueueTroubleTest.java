package dev.settle.app.stepqueue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.RunEvent;
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
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs in virtual time against a service that is silent or contradicts itself, or whose run is ended elsewhere. */
final class QueueTroubleTest {
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

    @ParameterizedTest
    @EnumSource(
            value = Route.class,
            names = {"START", "TASKS", "CLAIM", "SUGGEST"})
    void burstOf5xxIsWaitedOut(Route route) {
        server.on(route, 1, Behaviour.status(503, "{\"detail\": \"busy\"}"))
                .on(route, 2, Behaviour.status(502, "<html>bad gateway</html>"))
                .on(route, 3, Behaviour.status(504, ""))
                .on(route, 4, Behaviour.status(500, "{}"));
        Instant begin = rig.now();
        Stop stop = rig.run();
        assertThat(stop.reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(rig.evaluated).isEqualTo(FIVE);
        List<QueueEvent.Retried> retries = retries();
        assertThat(retries).hasSize(4);
        for (int i = 0; i < 4; i++) {
            long planned = List.of(5L, 10L, 20L, 40L).get(i) * 1_000;
            assertThat(retries.get(i).delay().toMillis()).isBetween(planned * 8 / 10, planned * 12 / 10);
        }
        assertThat(Duration.between(begin, rig.now())).isGreaterThan(Duration.ofSeconds(60));
    }

    private List<QueueEvent.Retried> retries() {
        return rig.entries().stream()
                .filter(entry -> entry.event() instanceof RunEvent.OfQueue)
                .map(entry -> ((RunEvent.OfQueue) entry.event()).event())
                .filter(event -> event instanceof QueueEvent.Retried)
                .map(event -> (QueueEvent.Retried) event)
                .toList();
    }

    @ParameterizedTest
    @EnumSource(
            value = Route.class,
            names = {"START", "TASKS", "CLAIM", "SUGGEST"})
    void serviceThatStaysAwayEndsTheRunAfterFiveAttempts(Route route) {
        server.always(route, Behaviour.status(503, "{\"detail\": \"down\"}"));
        Stop stop = rig.run();
        assertThat(stop.reason()).isEqualTo(StopReason.QUEUE_UNAVAILABLE);
        assertThat(stop.evidence().get(0).text()).isEqualTo("503: down");
        assertThat(server.seen(route)).hasSize(5);
        server.unscripted();
        assertThat(rig.resume().reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(rig.evaluated).isEqualTo(FIVE);
    }

    @ParameterizedTest
    @EnumSource(
            value = Route.class,
            names = {"START", "TASKS", "CLAIM", "SUGGEST"})
    void connectionThatBreaksMidBodyCostsNothingTwice(Route route) {
        server.on(route, 2, Behaviour.resetMidBody()).on(route, 1, Behaviour.drop());
        Stop stop = rig.run();
        assertThat(stop.reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(rig.evaluated).isEqualTo(FIVE);
        assertThat(server.outputs(server.runs().get(server.runs().size() - 1))).hasSize(5);
        assertThat(server.runs()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5})
    void resultThatLandedWithoutAnAnswerIsNotSentAgain(int nth) {
        server.on(Route.SUGGEST, nth, Behaviour.resetMidBody());
        assertThat(rig.run().reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(rig.evaluated).isEqualTo(FIVE);
        assertThat(server.seen(Route.SUGGEST)).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {502, 503, 504})
    void resultThatLandedBehindAGatewayErrorIsNotSentAgain(int status) {
        server.on(Route.SUGGEST, 2, Behaviour.landsThenStatus(status, ""));
        assertThat(rig.run().reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(server.seen(Route.SUGGEST)).hasSize(5);
        assertThat(rig.evaluated).isEqualTo(FIVE);
    }

    @Test
    void alikeCandidatesAreToldApart() {
        server.candidates((source, step) -> source);
        server.on(Route.SUGGEST, 1, Behaviour.resetMidBody())
                .on(Route.SUGGEST, 2, Behaviour.status(503, ""))
                .on(Route.SUGGEST, 4, Behaviour.landsThenStatus(503, ""));
        assertThat(rig.run().reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(rig.evaluated).isEqualTo(FIVE);
        assertThat(server.outputs("run-1")).hasSize(5);
    }

    @Test
    void tasksThatWereReadyBeforeAreNoSignOfALandedResult() {
        server.readyAhead(3);
        server.on(Route.SUGGEST, 1, Behaviour.status(503, ""));
        assertThat(rig.run().reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(server.outputs("run-1")).hasSize(5);
        assertThat(rig.evaluated).isEqualTo(FIVE);
    }

    @Test
    void claimThatSomebodyElseHasIsAskedForAgainWithPauses() {
        server.on(Route.CLAIM, 1, Behaviour.status(409, "{\"detail\": \"claimed\"}"))
                .on(Route.CLAIM, 2, Behaviour.status(409, "{\"detail\": \"claimed\"}"))
                .on(Route.CLAIM, 3, Behaviour.status(409, "{\"detail\": \"claimed\"}"));
        Instant begin = rig.now();
        assertThat(rig.run().reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(server.seen(Route.CLAIM)).hasSize(8);
        assertThat(Duration.between(begin, rig.now())).isGreaterThan(Duration.ofSeconds(1 + 2 + 4));
        assertThat(rig.evaluated).isEqualTo(FIVE);
    }

    @Test
    void conflictOnSubmitWhileTheRunGoesOnLosesNothingAndLoopsNowhere() {
        server.on(Route.SUGGEST, 2, Behaviour.landsThenStatus(409, "{\"detail\": \"already completed\"}"));
        assertThat(rig.run().reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(server.seen(Route.SUGGEST)).hasSize(5);
        assertThat(rig.evaluated).isEqualTo(FIVE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stopping", "stopped", "terminated", "error"})
    void runThatEndedElsewhereIsReportedAsItIs(String status) {
        int[] next = {0};
        rig.evaluator = work -> {
            if (next[0]++ == 1) {
                server.setStatus("run-1", status);
            }
            return QueueRig.Evaluation.score(0.5);
        };
        Stop stop = rig.run();
        assertThat(stop.reason()).isEqualTo(StopReason.STOPPED_REMOTELY);
        assertThat(stop.detail().orElseThrow()).contains("is " + status);
        assertThat(rig.evaluated).hasSize(2);
        if (status.equals("stopping")) {
            assertThat(server.terminations()).hasSize(1);
        } else {
            // A terminal state is never overwritten.
            assertThat(server.terminations()).isEmpty();
            assertThat(server.status("run-1")).contains(status);
            assertThat(rig.resume().reason()).isEqualTo(StopReason.COMPLETED);
            assertThat(rig.evaluated).isEqualTo(FIVE);
        }
    }

    @Test
    void runThatWasCompletedElsewhereWhileAStepRanIsNotCalledCompleted() {
        rig.evaluator = work -> {
            server.setStatus("run-1", "completed");
            return new QueueRig.Evaluation("score: 1\n", 0, Duration.ofMinutes(2));
        };
        Stop stop = rig.run();
        assertThat(stop.reason()).isEqualTo(StopReason.STOPPED_REMOTELY);
        assertThat(stop.detail().orElseThrow()).contains("is completed");
        assertThat(server.terminations()).isEmpty();
    }

    @Test
    void runThatIsCompletedBetweenStepsIsCompleted() {
        int[] next = {0};
        server.on(Route.SUGGEST, 2, Behaviour.landsThenStatus(200, "{\"is_done\": false}"));
        rig.evaluator = work -> {
            next[0]++;
            return QueueRig.Evaluation.score(0.5);
        };
        server.on(
                Route.TASKS,
                3,
                Behaviour.status(200, "{\"tasks\": [], \"run\": {\"id\": \"run-1\", \"status\": \"completed\"}}"));
        server.on(
                Route.STATUS,
                1,
                Behaviour.status(200, "{\"status\": \"completed\", \"current_step\": 2, \"best_result\": null}"));
        assertThat(rig.run().reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(rig.evaluated).hasSize(2);
    }

    @Test
    void serviceThatSaysWhyItEndedTheRunIsBelieved() {
        server.on(
                Route.TASKS,
                2,
                Behaviour.status(200, "{\"tasks\": [], \"run\": {\"id\": \"run-1\", \"status\": \"error\"}}"));
        server.on(
                Route.STATUS,
                1,
                Behaviour.status(
                        200,
                        "{\"status\": \"error\", \"current_step\": 1, \"termination_reason\": \"insufficient_credits\"}"));
        Stop stop = rig.run();
        assertThat(stop.reason()).isEqualTo(StopReason.OUT_OF_CREDITS);
        assertThat(stop.link()).contains("https://topup.example/file");
    }

    @Test
    void contradictingAnswersAreNotAskedForInALoop() {
        for (int i = 2; i < 60; i++) {
            server.on(
                    Route.TASKS,
                    i,
                    Behaviour.status(200, "{\"tasks\": [], \"run\": {\"id\": \"run-1\", \"status\": \"error\"}}"));
        }
        Instant begin = rig.now();
        assertThat(rig.run().reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(Duration.between(begin, rig.now())).isGreaterThan(Duration.ofSeconds(25));
    }

    @Test
    void attachedRunGoesOnWhereItStands() {
        String run = server.startRun(Map.of("model.py", "x = 1\n"), "score", 3);
        rig.attachTo = Optional.of(run);
        assertThat(rig.run().reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(server.seen(Route.START)).isEmpty();
        assertThat(rig.evaluated).hasSize(3);
    }

    @Test
    void aRunThatIsOnlyNamedHasItsCommandAndMetricFromTheService() {
        String run = server.startRun(Map.of("model.py", "x = 1\n"), "score", 3);
        rig.attachTo = Optional.of(run);
        rig.onlyNamed = true;
        assertThat(rig.run().reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(rig.evaluated).hasSize(3);
        assertThat(rig.scripts).containsOnly("exec 2>&1\ntrue");
    }

    @Test
    void aRunOfTheServiceThatNamesNoCommandIsNotEvaluated() {
        String run = server.startRun(Map.of("model.py", "x = 1\n"), "", 3);
        rig.attachTo = Optional.of(run);
        rig.onlyNamed = true;
        Stop stop = rig.run();
        assertThat(stop.reason()).isEqualTo(StopReason.SUBMISSION_REFUSED);
        assertThat(stop.detail()).hasValueSatisfying(text -> assertThat(text)
                .contains("names no metric (objective.metric_name): write queue.metric in the run file"));
        assertThat(rig.evaluated).isEmpty();
    }

    @Test
    void attachedRunThatEndedIsFlippedBackOnlyWhereTheFileSaysSo() {
        String run = server.startRun(Map.of("model.py", "x = 1\n"), "score", 3);
        server.setStatus(run, "error");
        rig.attachTo = Optional.of(run);
        assertThat(rig.run().reason()).isEqualTo(StopReason.STOPPED_REMOTELY);
        assertThat(server.seen(Route.RESUME)).isEmpty();
    }

    @Test
    void autoResumeFlipsAnAttachedRunBack() {
        String run = server.startRun(Map.of("model.py", "x = 1\n"), "score", 3);
        server.setStatus(run, "terminated");
        rig.attachTo = Optional.of(run);
        rig.autoResume = true;
        assertThat(rig.run().reason()).isEqualTo(StopReason.COMPLETED);
        assertThat(server.seen(Route.RESUME)).hasSize(1);
    }

    @Test
    void unknownRunIsRefused() {
        rig.attachTo = Optional.of("nobody");
        Stop stop = rig.run();
        assertThat(stop.reason()).isEqualTo(StopReason.SUBMISSION_REFUSED);
        assertThat(stop.evidence().get(0).text()).isEqualTo("404: Run not found");
    }
}
