package dev.settle.app.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.core.item.Item;
import dev.settle.core.item.ItemState;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.RunEvent;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs against the stand-in service, in virtual time. */
final class QueueFeederTest {
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
