package dev.settle.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.kernel.state.ClockReading;
import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.Plan.OnExhausted;
import dev.settle.core.model.PlanItem;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.StopReason;
import dev.settle.core.run.TestRun;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Source;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A run that goes on, or is only looked at, after it ended. */
final class AskingAgainTest {
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

    private static Kernel kernel(TestRun run) {
        return new Kernel(run.state(), POLICY, new Random(1), ClockReading.of(run.now()));
    }

    private static Input answer(TestRun run, String item, JobState said, int exitCode) {
        JobId job = run.item(item).attempt().jobId().orElseThrow();
        JobObservation row = JobObservation.of(Source.SACCT, run.now(), job, said)
                .exitCode(OptionalInt.of(exitCode))
                .batchEnded()
                .build();
        return new Input.Observed(new QueryAnswer.Answered(Source.SACCT, run.now(), Set.of(job), List.of(row)));
    }

    private static JobState good() {
        return new JobState("COMPLETED", JobState.Phase.COMPLETED, ItemReason.OK);
    }

    private static JobState bad() {
        return new JobState("FAILED", JobState.Phase.FAILED, ItemReason.EXIT_CODE);
    }

    private static List<KernelCommand.Kind> kinds(Decision decision) {
        return decision.commands().stream().map(KernelCommand::kind).toList();
    }

    private static TestRun unconfirmedEnd() {
        TestRun run = TestRun.of("train");
        return run.settle("train", run.unconfirmed()).end(StopReason.COMPLETED);
    }

    private static TestRun dependentNotStarted() {
        Plan plan = TestRun.plan(
                "nightly",
                List.of(
                        PlanItem.command(new ItemId("train"), "./train.sh"),
                        PlanItem.command(new ItemId("test"), "./test.sh").withDeps(List.of(new ItemId("train")))));
        TestRun run = TestRun.of(plan);
        return run.settle("train", run.unconfirmed())
                .notStarted(ItemReason.UNCONFIRMED, "depends on an item that is unconfirmed", "test")
                .end(StopReason.UNCONFIRMED);
    }

    @Test
    void unconfirmedVerdictOfAnEndedRunIsAskedAboutAtOnceAndCorrected() {
        TestRun run = unconfirmedEnd();
        Kernel kernel = kernel(run);
        assertThat(kinds(kernel.step(new Input.Tick(), ClockReading.of(run.now()))))
                .containsExactly(KernelCommand.Kind.QUERY);

        kernel.step(answer(run, "train", bad(), 3), ClockReading.of(run.now()));

        RunState state = kernel.state();
        assertThat(run.item("train").state()).isEqualTo(ItemState.FAILED);
        assertThat(state.unconfirmed()).isZero();
        assertThat(state.ended().orElseThrow().reason()).isEqualTo(StopReason.ITEMS_FAILED);
    }

    @Test
    void silenceChangesNothingOfAnEndedRun() {
        TestRun run = unconfirmedEnd();
        Kernel kernel = kernel(run);
        kernel.step(new Input.Tick(), ClockReading.of(run.now()));
        kernel.step(
                new Input.Observed(new QueryAnswer.NoAnswer(Source.SACCT, run.now(), "hung")),
                ClockReading.of(run.now()));
        assertThat(run.item("train").isUnconfirmed()).isTrue();
        assertThat(kernel.state().ended().orElseThrow().reason()).isEqualTo(StopReason.COMPLETED);
    }

    @Test
    void nothingOfAnEndedRunIsStarted() {
        TestRun run = TestRun.of("train", "test").end(StopReason.DRIVER_DIED);
        Decision decision = kernel(run).step(new Input.Tick(), ClockReading.of(run.now()));
        assertThat(decision.commands()).isEmpty();
        assertThat(decision.entries()).isEmpty();
    }

    @Test
    void resumedDependentsStartOnceAccountingConfirms() {
        TestRun run = dependentNotStarted();
        Kernel kernel = kernel(run);
        resume(kernel, run, "test");
        assertThat(kinds(kernel.step(new Input.Tick(), ClockReading.of(run.now()))))
                .containsExactly(KernelCommand.Kind.QUERY);
        assertThat(kernel.state().ended()).isEmpty();

        Decision decision = kernel.step(answer(run, "train", good(), 0), ClockReading.of(run.now()));

        assertThat(kinds(decision)).contains(KernelCommand.Kind.SUBMIT);
        assertThat(run.item("test").isIntended()).isTrue();
    }

    @Test
    void resumeEndsUnconfirmedAgainWhenAccountingStaysSilent() {
        TestRun run = dependentNotStarted();
        Kernel kernel = kernel(run);
        resume(kernel, run, "test");
        kernel.step(new Input.Tick(), ClockReading.of(run.now()));
        kernel.step(
                new Input.Observed(new QueryAnswer.NoAnswer(Source.SACCT, run.now(), "hung")),
                ClockReading.of(run.now()));
        assertThat(kernel.state().ended().orElseThrow().reason()).isEqualTo(StopReason.UNCONFIRMED);
        assertThat(run.item("test").state()).isEqualTo(ItemState.NOT_STARTED);
    }

    @Test
    void reopenedItemGetsANewAttemptAndItsDependentsFollow() {
        Plan plan = TestRun.plan(
                "nightly",
                List.of(
                        PlanItem.command(new ItemId("train"), "./train.sh"),
                        PlanItem.command(new ItemId("test"), "./test.sh").withDeps(List.of(new ItemId("train")))));
        TestRun run =
                TestRun.of(plan).fail("train", 1).depFailed("test", "train").end(StopReason.ITEMS_FAILED);
        Kernel kernel = kernel(run);
        resume(kernel, run, "train", "test");
        kernel.step(new Input.Tick(), ClockReading.of(run.now()));
        assertThat(run.item("train").isIntended()).isTrue();
        assertThat(run.item("train").attempt().number()).isEqualTo(2);
        assertThat(run.item("test").state()).isEqualTo(ItemState.PENDING);
    }

    private static void resume(Kernel kernel, TestRun run, String... items) {
        kernel.record(new RunEvent.Resumed("ada", run.now()), ClockReading.of(run.now()));
        for (String item : items) {
            kernel.record(new RunEvent.OfItem(new ItemEvent.Reopened(new ItemId(item))), ClockReading.of(run.now()));
        }
    }
}
