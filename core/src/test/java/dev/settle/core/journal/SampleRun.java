package dev.settle.core.journal;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.RunId;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Entry;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.scheduler.Usage;
import dev.settle.core.scheduler.WaitReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** A run in which everything happens that can happen, in an order that is allowed. */
public final class SampleRun {
    private static final WaitReason RESOURCES = new WaitReason("Resources", WaitReason.Kind.PASSES);

    private final List<Entry> entries = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-20T23:00:00.5Z");
    private int jobs = 4711;

    private SampleRun() {}

    public static Plan plan() {
        List<PlanItem> items = new ArrayList<>(List.of(Samples.fullItem()));
        for (String id :
                List.of("good", "flaky", "requeued", "lost", "after-lost", "late", "taken-back", "cancelled")) {
            items.add(PlanItem.command(new ItemId(id), "./" + id + ".sh"));
        }
        return Plan.of("everything", items);
    }

    /** The journal, from its first line on. */
    public static List<Entry> entries() {
        SampleRun run = new SampleRun();
        run.begin();
        run.items();
        run.generated();
        run.queue();
        run.end();
        return List.copyOf(run.entries);
    }

    private void begin() {
        add(new RunEvent.Opened(new RunId("k3v9q2m7"), "everything", "0.1.0", "/home/ada", "ada", "slurm", false));
        add(new RunEvent.Driven("login1", 4242, "b2a1f0c2-0000-4000-8000-000000000000", 1));
        add(new RunEvent.HeldBack(Source.SQUEUE, Instant.parse("2026-11-20T23:59:15Z"), "60 commands in 5 min"));
        add(new RunEvent.Silent(Source.SACCT, "slurmdbd: Connection refused"));
        add(new RunEvent.Answered(Source.SACCT));
        add(new RunEvent.AccountingOff("Slurm accounting storage is disabled"));
        add(new RunEvent.CreditAwaited(Samples.fullStop()));
        add(new RunEvent.CreditBack());
        add(new RunEvent.Released("detached"));
        add(new RunEvent.Driven("login2", 17, "c3000000-0000-4000-8000-000000000000", 2));
    }

    private void items() {
        ItemId good = run("good");
        settle(good, ItemState.COMPLETED, ItemReason.OK, OptionalInt.of(0), ConfirmedBy.ACCOUNTING);
        add(new ItemEvent.Measured(good, Samples.USAGE));
        add(new ItemEvent.MetricsRead(good, Map.of("accuracy", 0.93)));

        ItemId flaky = new ItemId("flaky");
        add(new ItemEvent.Intended(flaky, 1, token(flaky, 1)));
        add(new ItemEvent.Unclear(flaky, "sbatch: error: Socket timed out on send/recv operation"));
        add(new ItemEvent.Refused(flaky, "sbatch: error: Socket timed out on send/recv operation"));
        submit(flaky, 1);
        start(flaky);
        add(new ItemEvent.Left(flaky, "squeue says NODE_FAIL"));
        add(new ItemEvent.Retried(
                flaky,
                outcome(ItemState.FAILED, ItemReason.NODE_FAILURE, OptionalInt.empty(), ConfirmedBy.CONTROLLER),
                2,
                now.plusSeconds(30)));
        submit(flaky, 2);
        start(flaky);

        ItemId requeued = run("requeued");
        add(new ItemEvent.Requeued(
                requeued, 2, Optional.of(new WaitReason("BeginTime", WaitReason.Kind.PASSES)), Optional.empty()));
        start(requeued);
        add(new ItemEvent.Left(requeued, "left the queue"));

        ItemId lost = new ItemId("lost");
        submit(lost, 1);
        settle(lost, ItemState.FAILED, ItemReason.LOST, OptionalInt.empty(), ConfirmedBy.NONE);
        add(new ItemEvent.DepFailed(new ItemId("after-lost"), lost));

        ItemId late = run("late");
        add(new ItemEvent.Left(late, "left the queue"));
        settle(late, ItemState.COMPLETED, ItemReason.UNCONFIRMED, OptionalInt.empty(), ConfirmedBy.NONE);
        add(new ItemEvent.Observed(late, observation(Source.SACCT, late, "FAILED", JobState.Phase.FAILED)));
        add(new ItemEvent.Corrected(
                late, outcome(ItemState.FAILED, ItemReason.EXIT_CODE, OptionalInt.of(3), ConfirmedBy.ACCOUNTING)));

        ItemId takenBack = new ItemId("taken-back");
        submit(takenBack, 1);
        add(new ItemEvent.Queued(takenBack, Optional.of(RESOURCES)));
        add(new ItemEvent.WithdrawAsked(takenBack, Optional.of(ItemReason.OUT_OF_CREDITS), "no credits are left"));
    }

    private void generated() {
        add(new RunEvent.Appended(
                Optional.of("good"),
                List.of(
                        PlanItem.command(new ItemId("more-1"), "true"),
                        PlanItem.command(new ItemId("more-2"), "false").withDeps(List.of(new ItemId("more-1"))))));
        ItemId more = run("more-1");
        add(new ItemEvent.Observed(more, observation(Source.EXIT_RECORD, more, "ENDED", JobState.Phase.COMPLETED)));
    }

    private void queue() {
        ItemId step = new ItemId("more-2");
        add(new RunEvent.OfQueue(new QueueEvent.Starting()));
        add(new RunEvent.OfQueue(new QueueEvent.Attached("9aa626ae", Optional.of("brave-otter"), 14)));
        add(new RunEvent.OfQueue(new QueueEvent.Claiming("task-0")));
        add(new RunEvent.OfQueue(new QueueEvent.NotClaimed("task-0", true, "409, already claimed")));
        add(new RunEvent.OfQueue(new QueueEvent.Claiming("task-1")));
        add(new RunEvent.OfQueue(
                new QueueEvent.Claimed(step, "task-1", 14, "steps/14/revision.json", "ab12", List.of("task-2"))));
        add(new RunEvent.OfQueue(new QueueEvent.Stored(step, "steps/14/result.json", OptionalDouble.of(0.93))));
        add(new RunEvent.OfQueue(
                new QueueEvent.Retried("POST", 2, 5, java.time.Duration.ofMillis(9_870), "503, busy")));
        add(new RunEvent.OfQueue(new QueueEvent.Sending(step)));
        add(new RunEvent.OfQueue(new QueueEvent.Submitted(step, QueueEvent.Submission.ACCEPTED, "ok")));
        add(new RunEvent.OfQueue(new QueueEvent.BestKept(14, OptionalDouble.of(0.93), "best")));
        add(new RunEvent.OfQueue(new QueueEvent.Closed("completed")));
    }

    private void end() {
        ItemId cancelled = run("cancelled");
        add(new ItemEvent.CancelAsked(cancelled, "ada"));
        add(new RunEvent.Silent(Source.SQUEUE, "slurm_load_jobs error: Unable to contact slurm controller"));
        add(new RunEvent.CancelAsked("ada"));
        settle(
                cancelled,
                ItemState.CANCELLED,
                ItemReason.CANCELLED_BY_USER,
                OptionalInt.empty(),
                ConfirmedBy.CONTROLLER);
        add(new RunEvent.Stopping(Stop.of(StopReason.CANCELLED_BY_USER, now)));
        add(new ItemEvent.Withdrawn(new ItemId("taken-back"), Optional.of(ItemReason.OUT_OF_CREDITS), "taken back"));
        add(new ItemEvent.NotStarted(new ItemId("more-2"), Optional.of(ItemReason.DEPENDENCY_FAILED), "the run stops"));
        add(new ItemEvent.NotStarted(Samples.ITEM, Optional.empty(), "the run stops"));
        add(new RunEvent.Ended(Samples.fullStop()));
        add(new RunEvent.Notification(RunEvent.Notification.Step.STARTED, Optional.empty()));
        add(new RunEvent.Notification(RunEvent.Notification.Step.FAILED, Optional.of("exit code 3")));
        add(new RunEvent.Resumed("ada", now));
        add(new RunEvent.Replanned(
                Optional.empty(), List.of(), List.of(PlanItem.command(new ItemId("late"), "true")), Samples.changes()));
        add(new RunEvent.Driven("login1", 99, "d4000000-0000-4000-8000-000000000000", 3));
        add(new ItemEvent.Reopened(new ItemId("taken-back")));
        add(new ItemEvent.Reopened(new ItemId("lost")));
        add(new ItemEvent.Intended(new ItemId("lost"), 2, token(new ItemId("lost"), 2)));
        settle(new ItemId("flaky"), ItemState.FAILED, ItemReason.SIGNAL, OptionalInt.empty(), ConfirmedBy.EXIT_RECORD);
    }

    private ItemId run(String name) {
        ItemId item = new ItemId(name);
        submit(item, 1);
        add(new ItemEvent.Observed(item, observation(Source.SQUEUE, item, "PENDING", JobState.Phase.WAITING)));
        add(new ItemEvent.Queued(item, Optional.of(RESOURCES)));
        start(item);
        return item;
    }

    private void submit(ItemId item, int attempt) {
        add(new ItemEvent.Intended(item, attempt, token(item, attempt)));
        add(new ItemEvent.Submitted(item, new JobId(String.valueOf(jobs++))));
    }

    private void start(ItemId item) {
        add(new ItemEvent.Observed(item, observation(Source.SQUEUE, item, "RUNNING", JobState.Phase.RUNNING)));
        add(new ItemEvent.Started(item, now.minusSeconds(1), Optional.of("n1")));
    }

    private void settle(ItemId item, ItemState state, ItemReason reason, OptionalInt code, ConfirmedBy by) {
        add(new ItemEvent.Settled(item, outcome(state, reason, code, by)));
    }

    private Outcome outcome(ItemState state, ItemReason reason, OptionalInt code, ConfirmedBy by) {
        return new Outcome(
                state,
                reason,
                code,
                reason == ItemReason.SIGNAL ? OptionalInt.of(9) : OptionalInt.empty(),
                by,
                Optional.of(reason.phrase()),
                Optional.of(state.name()),
                Optional.of(now.minusSeconds(60)),
                Optional.of(now.minusSeconds(2)),
                Optional.of("n1"),
                by == ConfirmedBy.NONE ? Usage.NONE : Samples.USAGE,
                "accounting");
    }

    private JobObservation observation(Source source, ItemId item, String word, JobState.Phase phase) {
        return JobObservation.of(
                        source, now, new JobId(String.valueOf(jobs - 1)), new JobState(word, phase, ItemReason.OK))
                .exitCode(source == Source.SACCT ? OptionalInt.of(3) : OptionalInt.empty())
                .jobName(Optional.of("everything." + item))
                .submittedAt(Optional.of(now.minusSeconds(90)))
                .note(Optional.of(source.word() + " of " + item))
                .usage(source == Source.SACCT ? Samples.USAGE : Usage.NONE)
                .build();
    }

    private static SubmitToken token(ItemId item, int attempt) {
        return new SubmitToken(String.format("st%08x%04d", item.hashCode(), attempt));
    }

    private void add(ItemEvent event) {
        add(new RunEvent.OfItem(event));
    }

    private void add(RunEvent event) {
        now = now.plusMillis(1_250);
        entries.add(new Entry(entries.size() + 1, now, event));
    }
}
