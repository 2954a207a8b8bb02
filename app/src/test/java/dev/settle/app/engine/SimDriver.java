package dev.settle.app.engine;

import dev.settle.app.engine.records.RecordWatch;
import dev.settle.app.runs.Requests;
import dev.settle.core.file.Disk;
import dev.settle.core.journal.file.FaultyDisk;
import dev.settle.core.journal.file.JournalReader;
import dev.settle.core.journal.file.JournalWriter;
import dev.settle.core.journal.file.LoadedRun;
import dev.settle.core.journal.file.Reserve;
import dev.settle.core.journal.lease.Fence;
import dev.settle.core.kernel.Input;
import dev.settle.core.kernel.Kernel;
import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.Pause;
import dev.settle.core.scheduler.Scheduler;
import dev.settle.slurm.SlurmClusters;
import dev.settle.slurm.SlurmScheduler;
import dev.settle.slurm.SlurmUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/** One life of settle: the real session, performer, scheduler, kernel and journal, on the timeline's time. */
final class SimDriver {
    private final SimRun run;
    private final RunState state;
    private final JournalWriter journal;
    private final Session session;
    private final RecordWatch records;
    private final List<Entry> first = new ArrayList<>();
    private final List<Session.Posted> inbox = new ArrayList<>();
    private final boolean isResume;
    private boolean dead;
    private boolean turnPlanned;
    private long ticks;
    private Optional<Session.Ending> ending = Optional.empty();
    /** Commands until the machine kills this driver in the middle of its work. */
    private int commandsToLive = Integer.MAX_VALUE;

    /** @param opening what the driver begins with: a resume, say */
    SimDriver(SimRun run, int number, List<RunEvent> opening) throws IOException {
        this.run = run;
        Disk disk = run.subject().disk(run.disk());
        LoadedRun loaded = run.subject().load(disk, run.folder());
        this.state = loaded.state();
        RunState told = new RunState(run.plan());
        JournalReader.replay(disk, run.folder().journal(), 0, told);
        run.sameAsReplayed("what a driver takes up", state, told);
        if (run.random().nextBoolean()) {
            loaded.snapshots().write(state, loaded.extent().end());
        }
        this.journal = JournalWriter.open(
                disk.write(run.folder().journal()),
                loaded.extent().end(),
                state.lastNumber(),
                Fence.OPEN,
                new Reserve(disk, run.folder().reserve()));
        Requests requests = new Requests(run.folder(), run.folder().path());
        SlurmScheduler.Access access = new SlurmScheduler.Access(run.tools(), Optional.empty(), run.random());
        Scheduler scheduler = run.witnessed(run.around(SlurmClusters.of(
                new SlurmClusters.Reach(access, cluster -> access),
                run.wrapper(),
                run.folder().scripts(),
                Map.of(),
                run.clock(),
                new SlurmUser("ada", "1000"))));
        Kernel kernel = run.kernel(state, number);
        first.add(kernel.record(new RunEvent.Driven("login1", number, "boot", number), run.moment()));
        opening.forEach(event -> first.add(kernel.record(event, run.moment())));
        this.isResume = !opening.isEmpty();
        Executor executor = task -> work(task);
        Performer.Workers workers = new Performer.Workers(executor, () -> {});
        Performer performer = new Performer(
                state,
                scheduler,
                requests,
                (file, whole, by) -> new Performer.GeneratedReader.Found(SimPlan.generatedBy(by), List.of()),
                run.clock(),
                this::answered,
                workers,
                workers);
        Pause pause = nobodyWaits -> {};
        this.session = new Session(
                kernel,
                journal,
                command -> perform(command, performer, requests),
                entries -> entries.forEach(entry -> {
                    told.apply(entry);
                    run.invariants().entry(entry, told);
                }),
                notice -> {},
                run::moment,
                pause,
                Optional.empty());
        this.records = new RecordWatch(requests, run.clock(), this::post, notice -> {}, scheduler::learn);
    }

    void start() {
        run.story()
                .ifPresent(story ->
                        story.driver(state, run.time().now(), run.clock().off(), isResume ? "resume" : "crash"));
        turned(() -> session.begin(first));
        if (!state.opened().watched()) {
            look();
        }
    }

    boolean isOver() {
        return dead || ending.isPresent();
    }

    Optional<Session.Ending> ending() {
        return ending;
    }

    RunState state() {
        return state;
    }

    void dieAfterCommands(int count) {
        commandsToLive = count;
    }

    void die() {
        if (!isOver()) {
            dead = true;
            run.died();
        }
    }

    void leave() {
        if (!isOver()) {
            session.leave("detached");
            post(new Input.Tick());
        }
    }

    /** Something reached settle: it takes its turn, at once or a moment later. */
    void post(Input input) {
        if (isOver()) {
            return;
        }
        inbox.add(new Session.Posted(input, () -> {}));
        if (!turnPlanned) {
            turnPlanned = true;
            run.time()
                    .after(
                            Duration.ofMillis(
                                    run.random().nextInt(4) == 0 ? run.random().nextInt(300) : 0),
                            this::turn);
        }
    }

    /** Looks for exit records, as it does twice a second. */
    void look() {
        if (!isOver()) {
            try {
                records.look();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void turn() {
        turnPlanned = false;
        if (isOver()) {
            return;
        }
        List<Session.Posted> inputs = inbox.isEmpty() ? List.of(Session.Posted.tick()) : List.copyOf(inbox);
        inbox.clear();
        run.story()
                .ifPresent(story -> inputs.forEach(posted -> story.input(
                        posted.input(), run.time().now(), run.clock().off())));
        turned(() -> session.turn(inputs));
    }

    private interface Turn {
        Optional<Session.Ending> take();
    }

    private void turned(Turn turn) {
        run.beforeTurn();
        try {
            ending = turn.take();
        } catch (SimRun.Killed | FaultyDisk.Crash killed) {
            die();
        }
        if (!dead) {
            run.afterTurn(this);
        }
        if (!isOver()) {
            long tick = ++ticks;
            run.time().after(session.untilTick(), () -> {
                if (tick == ticks) {
                    turn();
                }
            });
        }
    }

    private void perform(KernelCommand command, Performer performer, Requests requests) {
        if (--commandsToLive < 0) {
            throw new SimRun.Killed();
        }
        run.invariants().performs(command, state);
        if (command instanceof KernelCommand.Submit submit) {
            run.story()
                    .ifPresent(story ->
                            story.submits(submit.token(), submit.items().get(0)));
            List<Item> items = submit.items().stream()
                    .map(id -> state.item(id).orElseThrow())
                    .toList();
            run.truth()
                    .sends(
                            submit.token().value(),
                            submit.items(),
                            items.stream().map(item -> item.attempt().number()).toList());
            items.forEach(item -> run.records().of(submit.token().value(), requests.record(item)));
        }
        performer.perform(command);
    }

    // What the adapter does takes time. The cluster may look at the question early or late on its way.

    private final List<Input> answers = new ArrayList<>();

    private void work(Runnable task) {
        boolean slow = run.faults().is(SimFaults.Fault.SLOW, run.time().now());
        Duration way = Duration.ofMillis(run.random().nextInt(slow ? 15_000 : 400));
        if (run.random().nextBoolean()) {
            run.clock().into(way);
            execute(task);
        } else {
            run.time().after(way, () -> {
                run.clock().into(way.negated());
                execute(task);
            });
        }
    }

    private void execute(Runnable task) {
        answers.clear();
        task.run();
        List<Input> given = List.copyOf(answers);
        Duration into = run.clock().into();
        run.clock().into(Duration.ZERO);
        run.time().after(into.isNegative() ? Duration.ZERO : into, () -> given.forEach(this::post));
    }

    private void answered(Input input) {
        if (input.kind() == Input.Kind.GENERATED_READ) {
            post(input);
        } else {
            answers.add(input);
        }
    }
}
