package dev.settle.core.journal;

import dev.settle.core.model.Expect;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.PlanSource;
import dev.settle.core.model.QueueObjective;
import dev.settle.core.model.ResourceChanges;
import dev.settle.core.model.Resources;
import dev.settle.core.model.Retries;
import dev.settle.core.model.RunId;
import dev.settle.core.run.ConfirmedBy;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** One event of every kind at least: full ones, and ones that lack all that may be absent. */
public final class Samples {
    public static final Instant AT = Instant.parse("2026-11-20T23:59:00.123456789Z");
    public static final ItemId ITEM = new ItemId("train[lr=0.1,seed=1]");
    public static final SubmitToken TOKEN = new SubmitToken("st0123456789ab");
    private static final WaitReason WAIT = new WaitReason("AssocGrpBillingMinutes", WaitReason.Kind.CREDITS);
    public static final Usage USAGE =
            new Usage(OptionalLong.of(61), OptionalDouble.of(58.2), OptionalLong.of(1L << 40), OptionalInt.of(4));

    private Samples() {}

    public static JobObservation barePendingObservation() {
        return JobObservation.of(
                        Source.SQUEUE, AT, new JobId("4711_0"), JobState.alive("PENDING", JobState.Phase.WAITING))
                .build();
    }

    public static JobObservation fullObservation() {
        return JobObservation.of(
                        Source.SACCT,
                        AT.plusSeconds(9),
                        new JobId("123+0"),
                        new JobState("TIMEOUT", JobState.Phase.FAILED, ItemReason.TIME_LIMIT))
                .exitCode(0)
                .signal(9)
                .waitReason(Optional.of(WAIT))
                .reason(Optional.of("JobLaunchFailure"))
                .jobName(Optional.of("train"))
                .token(Optional.of(new SubmitToken("st0123456789ab")))
                .submittedAt(Optional.of(AT.minusSeconds(90)))
                .startedAt(Optional.of(AT.minusSeconds(60)))
                .endedAt(Optional.of(AT.minusSeconds(1)))
                .node(Optional.of("n[1-2]"))
                .cancelledBy(Optional.of("root"))
                .timeLimit(Optional.of(Duration.ofMinutes(30)))
                .usage(USAGE)
                .partial()
                .batchEnded()
                .terminated(true)
                .note(Optional.of("line one\nline \"two\"\t\u0000 \u2028 \u00e9 \ud83d\ude00"))
                .build();
    }

    public static Outcome bareOutcome() {
        return new Outcome(
                ItemState.COMPLETED,
                ItemReason.UNCONFIRMED,
                OptionalInt.empty(),
                OptionalInt.empty(),
                ConfirmedBy.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Usage.NONE,
                "nobody said anything");
    }

    public static Outcome fullOutcome() {
        return new Outcome(
                ItemState.FAILED,
                ItemReason.EXIT_CODE,
                OptionalInt.of(3),
                OptionalInt.of(0),
                ConfirmedBy.ACCOUNTING,
                Optional.of("exit code 3"),
                Optional.of("FAILED"),
                Optional.of(AT.minusSeconds(60)),
                Optional.of(AT),
                Optional.of("n1"),
                USAGE,
                "accounting decides");
    }

    public static PlanItem fullItem() {
        return new PlanItem(
                ITEM,
                "training",
                "#!/bin/sh\nexec python train.py\n",
                List.of(new ItemId("prepare")),
                Optional.of("/data"),
                Map.of("OMP_NUM_THREADS", "4"),
                Optional.of("module load python/3.12"),
                new Resources(
                        OptionalInt.of(4),
                        OptionalLong.of(2L << 30),
                        OptionalInt.of(1),
                        Optional.of("gpu:v100:2"),
                        Optional.of(Duration.ofMinutes(30)),
                        Optional.of("batch"),
                        Optional.of("acc"),
                        Optional.of("qos"),
                        Optional.of("avx"),
                        List.of("--exclusive")),
                Optional.of(Duration.ofSeconds(90)),
                new Retries(2, Set.of(ItemReason.NODE_FAILURE, ItemReason.PREEMPTED), Duration.ofSeconds(5)),
                Optional.of("next.json"),
                Optional.of("out.txt"),
                Optional.of("err.txt"),
                new Expect(Set.of(0, 4), Optional.of(new Expect.Comparison("accuracy", Expect.Operator.GE, 0.8))),
                Optional.of("99_1"));
    }

    public static Stop fullStop() {
        return new Stop(
                StopReason.OUT_OF_CREDITS,
                Optional.of("spent 200 of 200 cpu hours"),
                Optional.of("https://example.org/topup"),
                AT,
                List.of(new Stop.Evidence("squeue", AT, "AssocGrpBillingMinutes")));
    }

    public static List<ItemEvent> itemEvents() {
        return List.of(
                new ItemEvent.Intended(ITEM, 2, TOKEN),
                new ItemEvent.Submitted(ITEM, new JobId("4711_0")),
                new ItemEvent.Refused(ITEM, "sbatch: error: Socket timed out"),
                new ItemEvent.Unclear(ITEM, "sbatch: error: Socket timed out"),
                new ItemEvent.Observed(ITEM, barePendingObservation()),
                new ItemEvent.Observed(ITEM, fullObservation()),
                new ItemEvent.Queued(ITEM, Optional.empty()),
                new ItemEvent.Queued(ITEM, Optional.of(WAIT)),
                new ItemEvent.Started(ITEM, AT, Optional.empty()),
                new ItemEvent.Started(ITEM, AT, Optional.of("n1")),
                new ItemEvent.Left(ITEM, "left the queue"),
                new ItemEvent.Requeued(ITEM, 2, Optional.empty(), Optional.empty()),
                new ItemEvent.Requeued(ITEM, 2, Optional.of(WAIT), Optional.of(AT)),
                new ItemEvent.Retried(ITEM, fullOutcome(), 3, AT.plusSeconds(30)),
                new ItemEvent.Settled(ITEM, bareOutcome()),
                new ItemEvent.Settled(ITEM, fullOutcome()),
                new ItemEvent.Corrected(ITEM, fullOutcome()),
                new ItemEvent.DepFailed(ITEM, new ItemId("prepare")),
                new ItemEvent.NotStarted(ITEM, Optional.of(ItemReason.OUT_OF_CREDITS), "no credits"),
                new ItemEvent.Reopened(ITEM),
                new ItemEvent.WithdrawAsked(ITEM, Optional.of(ItemReason.OUT_OF_CREDITS), "the run stops"),
                new ItemEvent.WithdrawAsked(ITEM, Optional.empty(), "the run stops"),
                new ItemEvent.Withdrawn(ITEM, Optional.empty(), "taken out of the queue"),
                new ItemEvent.CancelAsked(ITEM, "ada"),
                new ItemEvent.Measured(ITEM, Usage.NONE),
                new ItemEvent.Measured(ITEM, USAGE),
                new ItemEvent.MetricsRead(ITEM, Map.of()),
                new ItemEvent.MetricsRead(
                        ITEM,
                        Map.of(
                                "accuracy",
                                0.93,
                                "steps",
                                100000.0,
                                "loss",
                                Double.NaN,
                                "worst",
                                Double.POSITIVE_INFINITY,
                                "best",
                                Double.NEGATIVE_INFINITY,
                                "tiny",
                                -4.9e-324)));
    }

    public static List<RunEvent> runEvents() {
        return List.of(
                new RunEvent.Opened(new RunId("k3v9q2m7"), "nightly", "0.1.0", "/home/ada", "ada", "slurm", false),
                new RunEvent.Opened(new RunId("k3v9q2m7"), "watch 4711", "0.1.0", "/", "ada", "slurm", true),
                new RunEvent.Driven("login1", 4242, "b2a1f0c2-0000-4000-8000-000000000000", 7),
                new RunEvent.Released("detached"),
                new RunEvent.Appended(Optional.empty(), List.of()),
                new RunEvent.Appended(
                        Optional.of("plan"), List.of(fullItem(), PlanItem.command(new ItemId("bare"), "true"))),
                new RunEvent.Silent(Source.SACCT, "slurmdbd: Connection refused"),
                new RunEvent.HeldBack(Source.SQUEUE, Instant.parse("2026-11-20T23:59:15Z"), "60 commands in 5 min"),
                new RunEvent.Answered(Source.EXIT_RECORD),
                new RunEvent.AccountingOff("Slurm accounting storage is disabled"),
                new RunEvent.CreditAwaited(fullStop()),
                new RunEvent.CreditBack(),
                new RunEvent.CancelAsked("ada"),
                new RunEvent.Notification(RunEvent.Notification.Step.STARTED, Optional.empty()),
                new RunEvent.Notification(RunEvent.Notification.Step.DONE, Optional.empty()),
                new RunEvent.Notification(RunEvent.Notification.Step.FAILED, Optional.of("exit code 3")),
                new RunEvent.Stopping(Stop.of(StopReason.CANCELLED_BY_USER, AT)),
                new RunEvent.Ended(fullStop()),
                new RunEvent.Ended(Stop.of(StopReason.COMPLETED, AT)),
                new RunEvent.Resumed("ada", AT.minusSeconds(3600)),
                new RunEvent.Resumed("ada", AT.minusSeconds(3600), OptionalDouble.of(0.5)),
                new RunEvent.Replanned(Optional.empty(), List.of(), List.of(), changes()),
                new RunEvent.Replanned(
                        Optional.of(Plan.of("nightly", List.of())
                                .withMaxFailures(2)
                                .withSource(
                                        new PlanSource("/data/nightly.sh", List.of("x", "--y"), OptionalInt.of(2)))),
                        List.of(new ItemId("old")),
                        List.of(fullItem().withArguments(List.of("a b", "", "'"))),
                        ResourceChanges.NONE));
    }

    public static ResourceChanges changes() {
        return new ResourceChanges(
                OptionalInt.of(8),
                OptionalLong.of(4L << 30),
                Optional.of(Duration.ofHours(2)),
                Optional.of("long"),
                Optional.of("acc2"),
                Optional.of("high"));
    }

    public static List<QueueEvent> queueEvents() {
        return List.of(
                new QueueEvent.Starting(),
                new QueueEvent.Attached("9aa626ae", Optional.of("brave-otter"), 14),
                new QueueEvent.Attached("9aa626ae", Optional.empty(), 0),
                new QueueEvent.Attached(
                        "9aa626ae",
                        Optional.empty(),
                        3,
                        new QueueObjective(
                                Optional.of("python eval.py"),
                                Optional.of("loss"),
                                Optional.of(false),
                                OptionalInt.of(20))),
                new QueueEvent.Claiming("task-1"),
                new QueueEvent.NotClaimed("task-1", true, "409, already claimed"),
                new QueueEvent.Claimed(
                        ITEM, "task-1", 14, "steps/14/revision.json", "ab12", List.of("task-2", "task-3")),
                new QueueEvent.Claimed(ITEM, "task-1", 0, "steps/0/revision.json", "ab12", List.of()),
                new QueueEvent.Stored(ITEM, "steps/14/result.json", OptionalDouble.of(0.93)),
                new QueueEvent.Stored(ITEM, "steps/14/result.json", OptionalDouble.empty()),
                new QueueEvent.Sending(ITEM),
                new QueueEvent.Submitted(ITEM, QueueEvent.Submission.LANDED, "seen by a look"),
                new QueueEvent.Retried("POST /runs/{id}/suggest", 2, 5, Duration.ofMillis(9_870), "503, busy"),
                new QueueEvent.BestKept(14, OptionalDouble.of(0.93), "best"),
                new QueueEvent.BestKept(14, OptionalDouble.empty(), "best"),
                new QueueEvent.Closed("completed"));
    }
}
