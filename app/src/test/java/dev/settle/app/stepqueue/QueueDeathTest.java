package dev.settle.app.stepqueue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.testdata.StepQueueServer;
import dev.settle.testdata.StepQueueServer.Behaviour;
import dev.settle.testdata.StepQueueServer.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An engine that is killed, or stopped, at any line of its journal; another one goes on. */
final class QueueDeathTest {
    /** At every line of its journal a run dies once: three steps have all kinds of lines. */
    private static final List<String> THREE = List.of("step-0", "step-1", "step-2");

    private static final int LINES_MAX = 400;
    /** Of each block; more of them with {@code -Dsettle.timelines=N}. */
    private static final int TIMELINES = Integer.getInteger("settle.timelines", 10);

    @TempDir
    private Path temp;

    /** One timeline in a directory of its own. */
    private interface Timeline {
        void live(QueueRig rig, StepQueueServer server);
    }

    private void live(String name, Timeline timeline) {
        try (StepQueueServer server = StepQueueServer.start()) {
            timeline.live(new QueueRig(Files.createDirectories(temp.resolve(name)), server), server);
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError("timeline " + name + ": " + e.getMessage(), e);
        }
    }

    @ParameterizedTest
    @EnumSource(KilledJournal.Death.class)
    void killedAtAnyLineNothingIsEvaluatedOrSubmittedTwice(KilledJournal.Death death) {
        boolean killed = true;
        int line = 1;
        for (; killed && line < LINES_MAX; line++) {
            boolean[] died = new boolean[1];
            int at = line;
            live("kill-" + death + "-" + at, (rig, server) -> {
                rig.steps = 3;
                Map<String, String> before = rig.tree();
                Stop stop;
                try {
                    stop = rig.killAt(at, death).run();
                } catch (KilledJournal.Killed e) {
                    died[0] = true;
                    stop = rig.killAt(Integer.MAX_VALUE, death).takeOver();
                }
                assertThat(stop.reason()).isEqualTo(StopReason.COMPLETED);
                assertThat(rig.evaluated).isEqualTo(THREE);
                // Only a start whose answer was lost cannot be looked up: the protocol has no call for it.
                assertThat(server.runs()).hasSizeLessThanOrEqualTo(2);
                String run = server.runs().get(server.runs().size() - 1);
                assertThat(server.outputs(run)).hasSize(3);
                assertThat(rig.tree()).isEqualTo(before);
            });
            killed = died[0];
        }
        assertThat(line).isBetween(30, LINES_MAX - 1);
    }

    @Test
    void stoppedAtAnyLineTheRunIsInterruptedInTimeAndAResumeEndsIt() {
        boolean stopped = true;
        int line = 2;
        for (; stopped && line < LINES_MAX; line++) {
            boolean[] interrupted = new boolean[1];
            int at = line;
            live("stop-" + at, (rig, server) -> {
                rig.steps = 3;
                Map<String, String> before = rig.tree();
                Stop stop = rig.stopAt(at).run();
                assertThat(rig.tree()).isEqualTo(before);
                if (stop.reason() == StopReason.DRIVER_STOPPED) {
                    interrupted[0] = true;
                    assertThat(Duration.between(stop.at(), rig.now())).isLessThan(Duration.ofSeconds(2));
                    boolean attached = rig.state().queue().attached().isPresent();
                    boolean goesOn = attached
                            && server.status(server.runs().get(0))
                                    .filter("completed"::equals)
                                    .isEmpty();
                    assertThat(server.terminations()).hasSize(goesOn ? 1 : 0);
                    int evaluatedBefore = rig.evaluated.size();
                    assertThat(rig.resume().reason()).isEqualTo(StopReason.COMPLETED);
                    // At most the step that was cut short is evaluated once more.
                    assertThat(rig.evaluated.size()).isBetween(3, 4);
                    assertThat(evaluatedBefore).isLessThanOrEqualTo(3);
                } else {
                    assertThat(stop.reason()).isEqualTo(StopReason.COMPLETED);
                }
                assertThat(new HashSet<>(rig.evaluated)).isEqualTo(new HashSet<>(THREE));
                String run = server.runs().get(server.runs().size() - 1);
                assertThat(server.outputs(run)).hasSize(3);
            });
            stopped = interrupted[0];
        }
        assertThat(line).isBetween(30, LINES_MAX - 1);
    }

    /** Faults of the service, kills and stops together; once all is quiet, a resume brings the run to its end. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void whateverHappensNothingIsLost(int block) {
        for (int i = 0; i < TIMELINES; i++) {
            long seed = block * 1_000L + i;
            live("chaos-" + seed, (rig, server) -> {
                try {
                    chaos(rig, server, new Random(seed));
                } catch (AssertionError e) {
                    throw new AssertionError(e.getMessage() + "\n" + rig.tail(60), e);
                }
            });
        }
    }

    private static void chaos(QueueRig rig, StepQueueServer server, Random random) {
        rig.seed(random.nextLong());
        Map<String, String> before = rig.tree();
        if (random.nextInt(4) == 0) {
            server.readyAhead(1 + random.nextInt(3));
        }
        if (random.nextInt(4) == 0) {
            server.candidates((source, step) -> source);
        }
        Route[] routes = {Route.STATUS, Route.TASKS, Route.CLAIM, Route.SUGGEST, Route.HEARTBEAT, Route.RESUME};
        int faults = random.nextInt(12);
        for (int i = 0; i < faults; i++) {
            server.on(routes[random.nextInt(routes.length)], 1 + random.nextInt(8), fault(random));
        }
        int deaths = random.nextInt(4);
        boolean begun = false;
        int mayRepeat = 0;
        for (int life = 0; life < 12; life++) {
            if (life == 8) {
                server.unscripted();
            }
            KilledJournal.Death death =
                    random.nextBoolean() ? KilledJournal.Death.BEFORE_ACTING : KilledJournal.Death.AFTER_ACTING;
            rig.killAt(life < deaths ? rig.lines() + 2 + random.nextInt(40) : Integer.MAX_VALUE, death);
            rig.stopAt(life < 6 && random.nextInt(4) == 0 ? rig.lines() + 1 + random.nextInt(40) : Integer.MAX_VALUE);
            try {
                Stop stop = begun ? rig.state().ended().isPresent() ? rig.resume() : rig.takeOver() : rig.run();
                begun = true;
                if (stop.reason() == StopReason.COMPLETED) {
                    break;
                }
                // A heartbeat that meets the end of the credits ends the step under way.
                mayRepeat++;
            } catch (KilledJournal.Killed e) {
                begun = rig.lines() > 0;
                mayRepeat += begun && rig.state().stopping().isPresent() ? 1 : 0;
            }
        }
        assertThat(rig.state().ended().orElseThrow().reason()).isEqualTo(StopReason.COMPLETED);
        String run = server.runs().get(server.runs().size() - 1);
        assertThat(server.outputs(run)).hasSize(5);
        assertThat(rig.evaluated).hasSizeBetween(5, 5 + mayRepeat);
        assertThat(rig.tree()).isEqualTo(before);
        assertThat(server.terminations()).allSatisfy(body -> assertThat(String.valueOf(body.get("status_before")))
                .isNotIn("completed", "terminated", "error"));
    }

    private static Behaviour fault(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> Behaviour.status(503, "{\"detail\": \"busy\"}");
            case 1 -> Behaviour.status(502, "");
            case 2 -> Behaviour.landsThenStatus(504, "<html>");
            case 3 -> Behaviour.resetMidBody();
            case 4 -> Behaviour.drop();
            case 5 -> Behaviour.status(402, "{\"detail\": \"spent\"}");
            case 6 -> Behaviour.status(200, "not json");
            default -> Behaviour.landsThenStatus(200, "[");
        };
    }
}
