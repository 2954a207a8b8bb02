package dev.settle.core.run;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.RunId;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.scheduler.Usage;
import dev.settle.core.scheduler.WaitReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/**
 * A run made by folding events, for tests: the only way to a RunState, so that no test shows a state that cannot be.
 *
 * <p>Every event is a second after the one before; {@link #wait} lets more pass. Job ids count up from 4711.
 */
public final class TestRun {
    public static final Instant START = Instant.parse("2026-11-20T23:00:00Z");
    public static final String ID = "k3v9q2m7";

    private final RunState state;
    private final List<Entry> entries = new ArrayList<>();
    private BiConsumer<Entry, RunState> listener = (entry, after) -> {};
    private Instant now = START;
    private int jobs = 4711;
    private int tokens;

    private TestRun(Plan plan) {
        state = new RunState(plan);
    }

    /** A run of Slurm items that only run a command. */
    public static TestRun of(String... ids) {
        return of(plan("nightly-evals", items(ids)));
    }

    public static TestRun of(Plan plan) {
        return new TestRun(plan).open("slurm", false);
    }

    /** A run that has not been opened: add a listener first, then {@link #open}. */
    public static TestRun unopened(String... ids) {
        return new TestRun(plan("nightly-evals", items(ids)));
    }

    public static Plan plan(String name, List<PlanItem> items) {
        return Plan.of(name, items);
    }

    public static List<PlanItem> items(String... ids) {
        return Arrays.stream(ids)
                .map(id -> PlanItem.command(new ItemId(id), "./" + id + ".sh"))
                .toList();
    }

    /** Tells each further entry, after it is folded in. */
    public TestRun listen(BiConsumer<Entry, RunState> to) {
        listener = to;
        return this;
    }

    public TestRun open(String backend, boolean watched) {
        return event(new RunEvent.Opened(
                        new RunId(ID), state.plan().name(), "0.1.0", "/home/ada/evals", "ada", backend, watched))
                .event(new RunEvent.Driven("login1", 4242, "boot-1", 1));
    }

    public TestRun event(RunEvent event) {
        Entry entry = new Entry(state.lastNumber() + 1, now, event);
        state.apply(entry);
        entries.add(entry);
        listener.accept(entry, state);
        now = now.plusSeconds(1);
        return this;
    }

    public TestRun event(ItemEvent event) {
        return event(new RunEvent.OfItem(event));
    }

    public TestRun wait(Duration length) {
        now = now.plus(length);
        return this;
    }

    /** Intended and accepted, as the next job id. */
    public TestRun submit(String... ids) {
        for (String id : ids) {
            String token = String.valueOf(tokens++);
            event(new ItemEvent.Intended(
                    new ItemId(id),
                    item(id).attempt().number(),
                    new SubmitToken("st" + "0".repeat(12 - token.length()) + token)));
            event(new ItemEvent.Submitted(new ItemId(id), new JobId(String.valueOf(jobs++))));
        }
        return this;
    }

    public TestRun queue(String id, String reason) {
        return event(new ItemEvent.Queued(new ItemId(id), Optional.of(new WaitReason(reason, WaitReason.Kind.PASSES))));
    }

    /** Submitted where it is not, and running on a node. */
    public TestRun start(String... ids) {
        for (String id : ids) {
            if (item(id).state() == ItemState.PENDING) {
                submit(id);
            }
            event(new ItemEvent.Started(new ItemId(id), now, Optional.of("n1")));
        }
        return this;
    }

    public TestRun leave(String... ids) {
        for (String id : ids) {
            event(new ItemEvent.Left(new ItemId(id), "left the queue"));
        }
        return this;
    }

    public TestRun query(String id, Source source, String word, JobState.Phase phase) {
        return query(id, source, new JobState(word, phase, ItemReason.OK));
    }

    private TestRun query(String id, Source source, JobState said) {
        return event(new ItemEvent.Observed(
                new ItemId(id),
                JobObservation.of(source, now, item(id).attempt().jobId().orElseThrow(), said)
                        .build()));
    }

    /** Run through to a verdict, whatever is missing before it. */
    public TestRun settle(String id, Outcome outcome) {
        if (!item(id).state().isLive()) {
            start(id);
        }
        if (item(id).state() != ItemState.SETTLING) {
            leave(id);
        }
        return event(new ItemEvent.Settled(new ItemId(id), endingNow(outcome)));
    }

    /** Outcomes are made before the steps that lead to them; nobody's end may come before his start. */
    private Outcome endingNow(Outcome o) {
        return new Outcome(
                o.state(),
                o.reason(),
                o.exitCode(),
                o.signal(),
                o.confirmedBy(),
                o.message(),
                o.schedulerState(),
                o.startedAt(),
                o.finishedAt().map(at -> now),
                o.node(),
                o.usage(),
                o.rule());
    }

    public TestRun complete(String... ids) {
        for (String id : ids) {
            settle(id, completed());
        }
        return this;
    }

    public TestRun fail(String id, int exitCode) {
        return settle(id, exited(exitCode));
    }

    public TestRun depFailed(String id, String because) {
        return event(new ItemEvent.DepFailed(new ItemId(id), new ItemId(because)));
    }

    public TestRun notStarted(ItemReason reason, String message, String... ids) {
        for (String id : ids) {
            event(new ItemEvent.NotStarted(new ItemId(id), Optional.of(reason), message));
        }
        return this;
    }

    public TestRun end(StopReason reason) {
        return event(new RunEvent.Ended(Stop.of(reason, now)));
    }

    public TestRun end(Stop stop) {
        return event(new RunEvent.Ended(stop));
    }

    /** What accounting says of a job that went well. */
    public Outcome completed() {
        return outcome(
                ItemState.COMPLETED,
                ItemReason.OK,
                OptionalInt.of(0),
                OptionalInt.empty(),
                Optional.empty(),
                "COMPLETED");
    }

    public Outcome exited(int code) {
        return outcome(
                ItemState.FAILED,
                ItemReason.EXIT_CODE,
                OptionalInt.of(code),
                OptionalInt.empty(),
                Optional.empty(),
                "FAILED");
    }

    public Outcome killed(int signal) {
        return outcome(
                ItemState.FAILED,
                ItemReason.SIGNAL,
                OptionalInt.empty(),
                OptionalInt.of(signal),
                Optional.empty(),
                "FAILED");
    }

    public Outcome failed(ItemReason reason, String schedulerState, String message) {
        return outcome(
                ItemState.FAILED,
                reason,
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.of(message),
                schedulerState);
    }

    public Outcome cancelled(ItemReason reason, String message) {
        return outcome(
                ItemState.CANCELLED,
                reason,
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.of(message),
                "CANCELLED");
    }

    /** Nobody said anything until the settle timeout. */
    public Outcome unconfirmed() {
        return new Outcome(
                ItemState.COMPLETED,
                ItemReason.UNCONFIRMED,
                OptionalInt.empty(),
                OptionalInt.empty(),
                ConfirmedBy.NONE,
                Optional.of("no source said how it ended within 10m"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Usage.NONE,
                "settle timeout");
    }

    private Outcome outcome(
            ItemState end,
            ItemReason reason,
            OptionalInt exitCode,
            OptionalInt signal,
            Optional<String> message,
            String schedulerState) {
        return new Outcome(
                end,
                reason,
                exitCode,
                signal,
                ConfirmedBy.ACCOUNTING,
                message,
                Optional.of(schedulerState),
                Optional.empty(),
                Optional.of(now),
                Optional.empty(),
                new Usage(OptionalLong.of(61), OptionalDouble.of(58.2), OptionalLong.of(1 << 20), OptionalInt.of(1)),
                "accounting decides");
    }

    public TestRun measure(String id, Map<String, Double> metrics) {
        return event(new ItemEvent.MetricsRead(new ItemId(id), metrics));
    }

    public Item item(String id) {
        return state.item(new ItemId(id)).orElseThrow();
    }

    public RunState state() {
        return state;
    }

    public List<Entry> entries() {
        return entries;
    }

    public Instant now() {
        return now;
    }
}
