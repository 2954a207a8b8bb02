package dev.settle.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.scheduler.CancelAnswer;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.Scheduler;
import dev.settle.core.wrapper.JobWrapper;
import dev.settle.slurm.tools.ToolRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which jobs a cancellation reaches when ids are given anew. */
final class CancellationTest {
    private static final String OURS = "stabcdefghijkl";

    @TempDir
    private Path folder;

    private final List<String> cancelled = new ArrayList<>();
    private final SlurmRows jobs = new SlurmRows();
    private Optional<ToolRunner.Result> trouble = Optional.empty();
    private Scheduler slurm;

    private static ToolRunner.Result said(String stdout) {
        return new ToolRunner.Result(ToolRunner.Kind.EXITED, 0, stdout, "");
    }

    private Map<String, String> row(String id, String name) {
        return jobs.inQueue(id, id, "RUNNING", name);
    }

    @BeforeEach
    void runThatSubmittedOneJob() throws IOException {
        Files.createFile(folder.resolve(OURS + ".sh"));
        ToolRunner tools = (argv, limit) -> switch (argv.get(0)) {
            case "squeue" -> trouble.orElseGet(() -> jobs.run(argv, limit));
            case "scancel" -> {
                cancelled.addAll(argv.subList(1, argv.size()));
                yield said("");
            }
            default -> throw new AssertionError(argv);
        };
        slurm = new SlurmScheduler(
                new SlurmScheduler.Access(tools, Optional.empty(), new Random(7)),
                JobWrapper.install(folder),
                folder,
                Clock.fixed(Instant.parse("2026-11-21T03:14:00Z"), ZoneOffset.UTC),
                new SlurmUser("games", "5"));
    }

    private CancelAnswer cancel(String... ids) {
        return slurm.cancel(Set.copyOf(List.of(ids).stream().map(JobId::new).toList()));
    }

    @Test
    void jobThatBearsATokenOfTheRunIsCancelled() {
        row("4711", "train." + OURS);
        assertThat(cancel("4711")).isInstanceOf(CancelAnswer.Sent.class);
        assertThat(cancelled).containsExactly("4711");
    }

    @Test
    void cancellationTellsWhichJobsWaitedRightBefore() {
        row("4711", "train." + OURS).put("State", "PENDING");
        row("4712", "train." + OURS);
        row("4713", "somebody").put("State", "PENDING");
        assertThat(cancel("4711", "4712", "4713", "4714")).isEqualTo(new CancelAnswer.Sent(Set.of(new JobId("4711"))));
    }

    @Test
    void jobThatGotTheIdOfOneOfOursIsLeftAlone() {
        row("4711", "somebody");
        row("4712", "train." + OURS);
        row("4713", "other.stzzzzzzzzzzzz");
        assertThat(cancel("4711", "4712", "4713")).isInstanceOf(CancelAnswer.Sent.class);
        assertThat(cancelled).containsExactly("4712");
    }

    @Test
    void nothingIsSentWhenNoJobIsOurs() {
        row("4711", "somebody");
        assertThat(cancel("4711")).isInstanceOf(CancelAnswer.Sent.class);
        assertThat(cancelled).isEmpty();
    }

    @Test
    void jobWhoseNameWasChangedIsKnownByItsScript() {
        row("4711", "renamed").put("Command", "/elsewhere/" + OURS + ".sh");
        assertThat(cancel("4711")).isInstanceOf(CancelAnswer.Sent.class);
        assertThat(cancelled).containsExactly("4711");
    }

    @Test
    void jobThatTheQueueDoesNotListYetIsCancelledNevertheless() {
        assertThat(cancel("4711_0")).isInstanceOf(CancelAnswer.Sent.class);
        assertThat(cancelled).containsExactly("4711_0");
    }

    @Test
    void cancellationWaitsUntilTheQueueCanBeAsked() {
        trouble = Optional.of(new ToolRunner.Result(
                ToolRunner.Kind.EXITED, 1, "", "slurm_load_jobs error: Unable to contact slurm\n"));
        assertThat(cancel("4711")).isInstanceOf(CancelAnswer.NoAnswer.class);
        assertThat(cancelled).isEmpty();
    }

    @Test
    void waitingJobsOnlyAreWithdrawn() {
        row("4711", "train." + OURS);
        slurm.withdraw(Set.of(new JobId("4711")));
        assertThat(cancelled).containsExactly("--state=PENDING", "4711");
    }

    @Test
    void jobWhoseRowCannotBeReadIsNotCancelledBlindly() {
        row("4711", "train." + OURS);
        row("4712", "somebody");
        jobs.printing(text -> text.replaceFirst("\n4712(.)", "\n4712"));
        assertThat(cancel("4711", "4712")).isInstanceOf(CancelAnswer.NoAnswer.class);
        assertThat(cancelled).containsExactly("4711");
    }
}
