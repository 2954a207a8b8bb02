package dev.settle.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.kernel.state.ClockReading;
import dev.settle.core.kernel.state.ItemFiles;
import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.Plan.OnExhausted;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.TestRun;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitToken;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A run whose items have jobs of the same number on two clusters. */
final class ClusterAnswersTest {
    private static final Policy POLICY = new Policy(
            BackendName.SLURM,
            Duration.ofSeconds(30),
            Duration.ofSeconds(120),
            Duration.ofSeconds(600),
            Duration.ofSeconds(300),
            Optional.empty(),
            10,
            100,
            OnExhausted.INTERRUPT,
            Policy.Confirmation.REQUIRED,
            "ada",
            "1000");
    private static final JobId HERE = new JobId("7");
    private static final JobId THERE = HERE.on("lab2");

    private final TestRun run = TestRun.of("here", "there");
    private Kernel kernel;

    @BeforeEach
    void bothSettle() {
        settling("here", HERE);
        settling("there", THERE);
        kernel = new Kernel(run.state(), POLICY, new Random(1), ClockReading.of(run.now()));
    }

    private void settling(String item, JobId job) {
        ItemId id = new ItemId(item);
        String token = "st" + item + "a".repeat(12 - item.length());
        run.event(new ItemEvent.Intended(id, 1, new SubmitToken(token)));
        run.event(new ItemEvent.Submitted(id, job));
        run.event(new ItemEvent.Started(id, run.now(), Optional.empty()));
        run.event(new ItemEvent.Left(id, "left the queue"));
    }

    private QueryAnswer.Answered completed(JobId job) {
        JobObservation row = JobObservation.of(
                        Source.SACCT,
                        run.now(),
                        job,
                        new JobState("COMPLETED", JobState.Phase.COMPLETED, ItemReason.OK))
                .exitCode(OptionalInt.of(0))
                .batchEnded()
                .build();
        return new QueryAnswer.Answered(Source.SACCT, run.now(), Set.of(job), List.of(row));
    }

    /** Takes an answer in, and what it asks for of an item's files: there are none. */
    private void step(QueryAnswer answer) {
        run.wait(Duration.ofSeconds(1));
        for (KernelCommand command : kernel.step(new Input.Observed(answer), ClockReading.of(run.now()))
                .commands()) {
            if (command instanceof KernelCommand.ReadFiles read) {
                kernel.step(new Input.FilesRead(read.item(), ItemFiles.NONE), ClockReading.of(run.now()));
            }
        }
    }

    @Test
    void rowOfTheSameNumberElsewhereEndsNothing() {
        step(completed(THERE));
        assertThat(run.item("there").state()).isEqualTo(ItemState.COMPLETED);
        assertThat(run.item("here").state()).isEqualTo(ItemState.SETTLING);
    }

    @Test
    void clusterThatAnswersIsHeardWhileAnotherIsSilent() {
        QueryAnswer.NoAnswer silence =
                new QueryAnswer.NoAnswer(Source.SACCT, run.now(), "cluster lab2: timed out", Set.of(THERE));
        step(new QueryAnswer.ByCluster(Source.SACCT, List.of(completed(HERE), silence)));
        assertThat(run.item("here").state()).isEqualTo(ItemState.COMPLETED);
        assertThat(run.item("there").state()).isEqualTo(ItemState.SETTLING);
        assertThat(run.state().silent()).containsKey(Source.SACCT);
        step(new QueryAnswer.ByCluster(Source.SACCT, List.of(completed(THERE))));
        assertThat(run.item("there").state()).isEqualTo(ItemState.COMPLETED);
        assertThat(run.state().silent()).isEmpty();
    }
}
