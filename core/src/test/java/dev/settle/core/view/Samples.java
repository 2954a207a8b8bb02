package dev.settle.core.view;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.run.TestRun;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.Usage;
import dev.settle.core.scheduler.WaitReason;
import dev.settle.core.view.explain.Explanation;
import dev.settle.core.view.explain.VerdictKind;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;

/** Runs in the states that matter to whoever shows them, each with what happened on the way. */
public final class Samples {
    static final OutputPaths PATHS = new OutputPaths() {
        @Override
        public Optional<String> stdout(Item item, Attempt attempt) {
            return Optional.of("/state/" + TestRun.ID + "/items/" + item.index() + "/" + attempt.number() + "/stdout");
        }

        @Override
        public Optional<String> stderr(Item item, Attempt attempt) {
            return Optional.of("/state/" + TestRun.ID + "/items/" + item.index() + "/" + attempt.number() + "/stderr");
        }
    };

    private Samples() {}

    /** All of them, by a name that can name a golden. */
    public static Map<String, TestRun> all() {
        Map<String, TestRun> all = new LinkedHashMap<>();
        all.put("opened", TestRun.of("prepare", "train"));
        all.put("running", running());
        all.put("completed", completed());
        all.put("failed", failed());
        all.put("credits", outOfCredits());
        all.put("unconfirmed", unconfirmed());
        all.put("cancelled", cancelled());
        all.put("evidence", evidence());
        return all;
    }

    public static RunView view(TestRun run) {
        return new RunView(run.state(), driver(run.state()), PATHS, run.now());
    }

    /** The same run where this machine's clock says another time. */
    static RunView at(Instant now, TestRun run) {
        return new RunView(run.state(), driver(run.state()), PATHS, now);
    }

    /** The same run while nobody drives it. */
    public static RunView stalled(TestRun run) {
        return new RunView(run.state(), DriverView.none(Optional.of(run.now())), PATHS, run.now());
    }

    private static DriverView driver(RunState state) {
        Optional<Instant> answered = state.lastAt();
        return state.ended().isPresent()
                ? DriverView.none(answered)
                : DriverView.alive("login1", 4242, TestRun.START, answered);
    }

    /** Tells the view of each step of a run that is made anew. */
    public static BiConsumer<Entry, RunState> viewing(BiConsumer<Entry, RunView> to) {
        return (entry, state) -> to.accept(entry, new RunView(state, driver(state), PATHS, entry.at()));
    }

    /** One of each live state, a silent source, a retry behind it, a wait reason. */
    public static TestRun running() {
        return running(
                TestRun.unopened("prepare", "train[lr=0.1,seed=1]", "train[lr=0.1,seed=2]", "eval", "plot", "x"));
    }

    static TestRun running(TestRun run) {
        run.open("slurm", false).complete("prepare").submit("eval").queue("eval", "Priority");
        run.start("train[lr=0.1,seed=1]")
                .event(new ItemEvent.Retried(
                        new ItemId("train[lr=0.1,seed=1]"),
                        run.failed(ItemReason.NODE_FAILURE, "NODE_FAIL", "node n1 failed"),
                        2,
                        run.now().plusSeconds(30)));
        run.start("train[lr=0.1,seed=1]").start("train[lr=0.1,seed=2]").leave("train[lr=0.1,seed=2]");
        run.submit("plot").wait(Duration.ofMinutes(3));
        return run.event(new RunEvent.Silent(Source.SACCT, "Problem talking to the database: Connection refused"));
    }

    public static TestRun completed() {
        TestRun run = TestRun.of("case-a", "case-b", "case-c");
        run.start("case-a").leave("case-a").measure("case-a", Map.of("accuracy", 0.75, "loss", 1.5));
        run.complete("case-a").complete("case-b").measure("case-b", Map.of("accuracy", 0.875));
        return run.complete("case-c").end(StopReason.COMPLETED);
    }

    /** Several kinds of failure, a dependent, somebody's scancel. */
    public static TestRun failed() {
        TestRun run = TestRun.of("prepare", "fit-1", "fit-2", "fit-3", "fit-4", "report", "stray");
        run.complete("prepare");
        run.settle("fit-1", run.failed(ItemReason.OUT_OF_MEMORY, "OUT_OF_MEMORY", "killed at 2 GiB"));
        run.settle("fit-2", run.failed(ItemReason.OUT_OF_MEMORY, "OUT_OF_MEMORY", "killed at 2 GiB"));
        run.fail("fit-3", 3).settle("fit-4", run.killed(11));
        run.settle("stray", run.cancelled(ItemReason.CANCELLED_BY_OTHER, "cancelled by grace"));
        return run.depFailed("report", "fit-3").end(StopReason.ITEMS_FAILED);
    }

    public static TestRun outOfCredits() {
        TestRun run = TestRun.of("a", "b", "c", "d");
        run.complete("a").fail("b", 1).submit("c");
        Stop stop = new Stop(
                StopReason.OUT_OF_CREDITS,
                Optional.of("account broke has spent 60 of 60 cpu minutes, says squeue."),
                Optional.of("https://credits.example.org/topup"),
                run.now(),
                List.of(new Stop.Evidence("squeue", run.now(), "AssocGrpBillingMinutes")));
        run.event(new ItemEvent.Queued(
                new ItemId("c"), Optional.of(new WaitReason("AssocGrpBillingMinutes", WaitReason.Kind.CREDITS))));
        run.query("c", Source.SQUEUE, "PENDING", JobState.Phase.WAITING);
        run.event(new RunEvent.Stopping(stop));
        run.event(new ItemEvent.Withdrawn(
                new ItemId("c"),
                Optional.of(ItemReason.OUT_OF_CREDITS),
                "its job waited for credit and was taken back"));
        return run.notStarted(ItemReason.OUT_OF_CREDITS, "the run stopped before its turn", "d")
                .end(stop);
    }

    public static TestRun unconfirmed() {
        TestRun run = TestRun.of("a", "b");
        return run.complete("a").settle("b", run.unconfirmed()).end(StopReason.COMPLETED);
    }

    public static TestRun cancelled() {
        TestRun run = TestRun.of("a", "b");
        run.start("a").event(new RunEvent.CancelAsked("ada"));
        run.settle("a", run.cancelled(ItemReason.CANCELLED_BY_USER, "cancelled by ada"));
        return run.notStarted(ItemReason.CANCELLED_BY_USER, "the run was cancelled before its turn", "b")
                .end(Stop.of(StopReason.CANCELLED_BY_USER, "ada asked for it.", run.now()));
    }

    /** One item with all that can be said of it: a requeue, an outage, a disagreement, a verdict, figures. */
    public static TestRun evidence() {
        return evidence(TestRun.unopened("train[lr=0.1]", "other"));
    }

    static TestRun evidence(TestRun run) {
        String id = "train[lr=0.1]";
        run.open("slurm", false).submit(id).queue(id, "Priority");
        run.query(id, Source.SQUEUE, "PENDING", JobState.Phase.WAITING).start(id);
        run.query(id, Source.SQUEUE, "NODE_FAIL", JobState.Phase.FAILED_UNLESS_REQUEUED);
        run.event(new ItemEvent.Requeued(new ItemId(id), 2, Optional.empty(), Optional.empty()))
                .start(id)
                .leave(id);
        run.event(new RunEvent.Silent(Source.SACCT, "Connection refused")).wait(Duration.ofSeconds(40));
        run.event(new RunEvent.Answered(Source.SACCT));
        run.event(new ItemEvent.Observed(
                new ItemId(id),
                JobObservation.of(
                                Source.EXIT_RECORD,
                                run.now(),
                                new JobId("4711"),
                                word("EXITED", JobState.Phase.COMPLETED))
                        .exitCode(3)
                        .endedAt(Optional.of(run.now().minusSeconds(41)))
                        .batchEnded()
                        .build()));
        run.event(new ItemEvent.Observed(
                new ItemId(id),
                JobObservation.of(Source.SACCT, run.now(), new JobId("4711"), word("FAILED", JobState.Phase.FAILED))
                        .exitCode(3)
                        .signal(0)
                        .node(Optional.of("n1"))
                        .timeLimit(Optional.of(Duration.ofMinutes(30)))
                        .build()));
        run.settle(id, run.exited(3));
        run.event(new ItemEvent.Measured(
                new ItemId(id),
                new Usage(
                        OptionalLong.of(120), OptionalDouble.of(90.5), OptionalLong.of(3L << 30), OptionalInt.of(2))));
        return run.complete("other").end(StopReason.ITEMS_FAILED);
    }

    private static JobState word(String raw, JobState.Phase phase) {
        return new JobState(raw, phase, ItemReason.EXIT_CODE);
    }

    /** Everything that the journal has of some items of a run, or of the run alone where none is named. */
    static Explanation explain(TestRun run, String... ids) {
        Set<ItemId> wanted = new LinkedHashSet<>();
        for (String id : ids) {
            wanted.add(new ItemId(id));
        }
        Explanation explanation =
                ids.length == 0 ? Explanation.ofRun(VerdictKind.of(view(run))) : new Explanation(wanted);
        RunState state = new RunState(run.state().plan());
        for (Entry entry : run.entries()) {
            state.apply(entry);
            explanation.entry(entry, state);
        }
        return explanation;
    }
}
