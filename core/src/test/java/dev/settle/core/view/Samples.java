package dev.settle.core.view;

import dev.settle.core.item.Attempt;
import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.plan.ItemId;
import dev.settle.core.plan.ItemReason;
import dev.settle.core.port.JobState;
import dev.settle.core.port.Source;
import dev.settle.core.port.WaitReason;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.run.TestRun;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        return all;
    }

    public static RunView view(TestRun run) {
        return new RunView(run.state(), driver(run.state()), PATHS, run.now());
    }

    /** The same run while nobody drives it. */
    public static RunView stalled(TestRun run) {
        return new RunView(run.state(), DriverView.none(Optional.of(run.now())), PATHS, run.now());
    }

    private static DriverView driver(RunState state) {
        Optional<java.time.Instant> answered = state.lastAt();
        return state.ended().isPresent()
                ? DriverView.none(answered)
                : DriverView.alive("login1", 4242, TestRun.START, answered);
    }

    /** Tells the view of each step of a run that is made anew. */
    static BiConsumer<Entry, RunState> viewing(BiConsumer<Entry, RunView> to) {
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
        run.sight("c", Source.SQUEUE, "PENDING", JobState.Phase.WAITING);
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
}
