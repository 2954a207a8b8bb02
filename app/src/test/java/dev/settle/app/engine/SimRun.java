package dev.settle.app.engine;

import dev.settle.core.journal.JournalLine;
import dev.settle.core.journal.PlanCodec;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.file.FaultyDisk;
import dev.settle.core.journal.file.JournalReader;
import dev.settle.core.journal.file.RunLoader;
import dev.settle.core.kernel.Input;
import dev.settle.core.kernel.Kernel;
import dev.settle.core.kernel.StoryWriter;
import dev.settle.core.kernel.state.ClockReading;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.Scheduler;
import dev.settle.core.view.DriverView;
import dev.settle.core.view.OutputPaths;
import dev.settle.core.view.RunView;
import dev.settle.core.wrapper.JobWrapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** One timeline of one seed: a run on a cluster, with everything that goes wrong, until the run has ended. */
final class SimRun {
    /** Settle is killed. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Something happened that must not; told in one line, or with everything that led to it. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final Invariant invariant;

        Failed(Invariant invariant, String told, Throwable why) {
            super(told, why);
            this.invariant = invariant;
        }

        Invariant invariant() {
            return invariant;
        }
    }

    static final Instant START = Instant.parse("2026-11-21T00:00:00Z");
    /** Turns of one timeline; one that takes more goes round in circles. */
    private static final int EVENTS_MAX = 200_000;

    private static final Duration SLACK = Duration.ofMinutes(10);

    private final long seed;
    private final SystemUnderTest subject;
    private final Random random;
    private final SimTime time = new SimTime(START);
    private final SimLog log;
    private final StoryWriter story;
    private final SimPlan sketch;
    private final SimFaults faults;
    private final SimTime.MachineClock clock;
    private final SimCluster cluster;
    private final SimTools tools;
    private final SimTruth truth;
    private final SimInvariants invariants = new SimInvariants(this);
    private final RunFolder folder;
    private final JobWrapper wrapper;
    private final SimRecords records;
    private FaultyDisk disk;
    private SimDriver driver;
    private int drivers;
    private boolean resumed;
    private Instant lastTrouble = START;
    private final List<Throwable> thrown = new ArrayList<>();
    private RunState shadow;
    private long shadowEnd;

    SimRun(long seed, SystemUnderTest subject, JobWrapper wrapper, Path scratch, boolean logged) throws IOException {
        this.log = new SimLog(time, logged);
        this.seed = seed;
        this.subject = subject;
        this.wrapper = wrapper;
        this.random = new Random(seed);
        this.faults = new SimFaults(
                START,
                Duration.ofMinutes(1 + random.nextInt(12)),
                random.nextInt(4) == 0 ? 0 : random.nextInt(7),
                random);
        this.clock = new SimTime.MachineClock(
                time, Duration.ofMillis(random.nextInt(5) == 0 ? random.nextInt(240_000) - 120_000 : 0));
        this.folder = new RunFolder(scratch.resolve("k3v9q2m7"));
        this.records = new SimRecords(folder, time, clock, new Random(seed + 4), this::recorded);
        this.cluster = new SimCluster(time, faults, new Random(seed + 1), records);
        this.sketch = SimPlan.of(new Random(seed + 2), cluster);
        this.truth = new SimTruth(time, cluster, sketch.policy(), records);
        this.story = new StoryWriter(sketch.plan(), sketch.policy());
        this.tools = new SimTools(time, clock, cluster, new Random(seed + 3), truth::submitted, log);
        this.disk = new FaultyDisk(seed);
        this.shadow = new RunState(plan());
        Files.createDirectories(folder.records());
        try (Writer plan = Files.newBufferedWriter(folder.plan())) {
            PlanCodec.write(plan(), plan);
        }
        Files.createDirectories(folder.scripts());
        Files.createDirectories(folder.items());
        Entry opened = new Entry(1, clock.instant(), sketch.opened(folder));
        disk.put(folder.journal(), JournalLine.encode(List.of(opened)));
    }

    /** Runs it to its end. */
    void play() throws IOException {
        try {
            plot();
            startDriver();
            int events = 0;
            while (goesOn()) {
                if (!time.next(Instant.MAX) || ++events > EVENTS_MAX) {
                    throw new SimViolation(Invariant.ENDS_IN_TIME, "nothing happens any more, or too much");
                }
                rethrow();
            }
        } catch (SimViolation e) {
            throw new Failed(e.invariant(), report(e.invariant(), e.toString()), e);
        } catch (IllegalStateException | IllegalArgumentException | NullPointerException e) {
            throw new Failed(Invariant.NO_DEFECT, report(Invariant.NO_DEFECT, e.toString()), e);
        }
    }

    /** The adapter with a witness: a performer makes an answer of whatever is thrown, and nobody would hear of it. */
    Scheduler witnessed(Scheduler adapter) {
        return (Scheduler) Proxy.newProxyInstance(
                Scheduler.class.getClassLoader(), new Class<?>[] {Scheduler.class}, (self, method, args) -> {
                    try {
                        return method.invoke(adapter, args);
                    } catch (InvocationTargetException e) {
                        Throwable cause = e.getCause();
                        if (cause instanceof SimViolation
                                || cause instanceof IllegalStateException
                                || cause instanceof IllegalArgumentException
                                || cause instanceof NullPointerException) {
                            thrown.add(cause);
                        }
                        throw cause;
                    }
                });
    }

    private void rethrow() {
        if (thrown.isEmpty()) {
            return;
        }
        if (thrown.get(0) instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) thrown.get(0);
    }

    private boolean goesOn() {
        boolean over = driver.isOver()
                && driver.ending().isPresent()
                && driver.ending().get() != Session.Ending.LEFT;
        if (over) {
            over();
        }
        return !over || (!resumed && random.nextInt(3) == 0 && resume());
    }

    /** Somebody resumes a run that has ended. */
    private boolean resume() {
        resumed = true;
        RunState ended = driver.state();
        List<RunEvent> opening = new ArrayList<>(List.of(new RunEvent.Resumed("ada", clock.instant())));
        ended.items().stream()
                .filter(item -> item.state().isEnd() && subject.lacks(item))
                .forEach(item -> opening.add(new RunEvent.OfItem(new ItemEvent.Reopened(item.id()))));
        boolean goesOn = driver.ending().orElseThrow() == Session.Ending.ENDED
                && ended.ended().isPresent()
                && !sketch.watched()
                && opening.size() > 1;
        if (goesOn) {
            log.add(() -> "  somebody resumes the run");
            invariants.resumes(
                    ended.items().stream().filter(subject::lacks).map(Item::id).toList());
            startDriver(opening);
        }
        return goesOn;
    }

    private void over() {
        if (driver.ending().orElseThrow() == Session.Ending.ENDED) {
            isDurable(driver.state().lastNumber());
            invariants.ended(driver.state());
            sameAsReplayed("the live state", driver.state(), shadow);
        }
    }

    /** What happens by itself, whatever settle does. */
    private void plot() {
        Duration within = Duration.ofMinutes(10);
        for (int i = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0; i > 0; i--) {
            time.at(sometime(within), this::kill);
        }
        if (random.nextInt(6) == 0) {
            time.at(sometime(within), () -> driver.leave());
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            time.at(sometime(within), this::look);
        }
        if (random.nextInt(4) == 0) {
            time.at(sometime(within), this::cancel);
        }
        if (random.nextInt(6) == 0) {
            time.at(sometime(within), () -> {
                if (!cluster.jobs.isEmpty()) {
                    SimJob victim = cluster.jobs.get(random.nextInt(cluster.jobs.size()));
                    cluster.cancel(Set.of(random.nextBoolean() ? victim.id() : victim.base), false, "0");
                    lastTrouble = time.now();
                }
            });
        }
        if (random.nextInt(6) == 0) {
            time.at(sometime(Duration.ofMinutes(4)), () -> {
                log.add(() -> "  the controller crashes");
                cluster.crash();
            });
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            time.at(sometime(within), cluster::submitForeign);
        }
        for (int i = random.nextInt(6) == 0 ? 1 + random.nextInt(2) : 0; i > 0; i--) {
            long by = random.nextInt(2) == 0 ? random.nextInt(7_200_000) : random.nextInt(20_000);
            Duration step = Duration.ofMillis(random.nextBoolean() ? by : -by);
            time.at(sometime(within), () -> {
                log.add(() -> "  the clock is set by " + step);
                clock.shift(step);
            });
        }
    }

    private Instant sometime(Duration within) {
        return START.plusMillis(random.nextLong(within.toMillis()));
    }

    private void cancel() {
        lastTrouble = time.now();
        List<ItemId> items = plan().items().stream().map(item -> item.id()).toList();
        Set<ItemId> some = random.nextBoolean() ? Set.of() : Set.of(items.get(random.nextInt(items.size())));
        driver.post(new Input.CancelAsked(some, sketch.policy().user()));
    }

    // Drivers.

    private void kill() {
        if (driver.isOver()) {
            return;
        }
        switch (random.nextInt(3)) {
            case 0 -> driver.die();
            case 1 -> driver.dieAfterCommands(random.nextInt(3));
            default -> disk.crashAt(1 + random.nextInt(6));
        }
    }

    /** Somebody looks at the run, as {@code status} does. */
    private void look() {
        try {
            // Another process reads what this one has written, forced or not; the machine does not stop meanwhile.
            RunState state = new RunLoader(disk.afterKill(), "sim").load(folder).state();
            boolean driven = driver != null && !driver.isOver();
            DriverView seen = subject.driver(driven, state, clock.instant());
            invariants.seen(new RunView(state, seen, OutputPaths.NONE, clock.instant()), driven);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The driver is gone; some time later somebody looks at the run again. */
    void died() {
        log.add(() -> "  settle is killed");
        boolean powerLost = random.nextInt(3) == 0;
        disk = powerLost ? disk.afterCrash() : disk.afterKill();
        look();
        time.after(Duration.ofMillis(random.nextInt(120_000)), this::startDriver);
    }

    private void startDriver() {
        startDriver(List.of());
    }

    private void startDriver(List<RunEvent> opening) {
        lastTrouble = time.now();
        try {
            driver = new SimDriver(this, ++drivers, opening);
        } catch (FaultyDisk.Crash killed) {
            died();
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        driver.start();
    }

    void beforeTurn() {
        disk.failAll(faults.is(SimFaults.Fault.DISK, time.now()) ? FaultyDisk.Fault.FORCE : FaultyDisk.Fault.NONE);
    }

    void afterTurn(SimDriver living) {
        if (living.ending().filter(Session.Ending.LEFT::equals).isPresent()) {
            time.after(Duration.ofMillis(random.nextInt(60_000)), this::startDriver);
        }
        Instant trouble = latest(latest(lastTrouble, faults.healthyFrom()), latest(truth.lastEnd(), START));
        Duration bound = sketch.policy()
                .settleTimeout()
                .plus(sketch.policy().lostAfter())
                .plus(sketch.policy().intervalMax().multipliedBy(4))
                .plus(SLACK);
        if (time.now().isAfter(trouble.plus(bound)) && !living.isOver()) {
            throw new SimViolation(
                    Invariant.ENDS_IN_TIME,
                    "nobody is told an end, "
                            + Duration.between(trouble, time.now()).toSeconds() + " s after the last trouble");
        }
    }

    private static Instant latest(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    /** A record was written on some node: settle sees it a moment later. */
    private void recorded() {
        time.after(Duration.ofMillis(random.nextInt(700)), () -> driver.look());
    }

    // What is on disk.

    /** Whether an entry of that number can be read back, and would be there after a loss of power. */
    boolean isDurable(long number) {
        if (number > shadow.lastNumber()) {
            if (!disk.isForced(folder.journal())) {
                return false;
            }
            try {
                shadowEnd = JournalReader.replay(disk, folder.journal(), shadowEnd, shadow)
                        .end();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return number <= shadow.lastNumber();
    }

    private static String differences(String text, String other) {
        Set<String> lines = new HashSet<>(List.of(other.split("\n", -1)));
        return Stream.of(text.split("\n", -1))
                .map(String::strip)
                .filter(line -> lines.stream().noneMatch(each -> each.strip().equals(line)))
                .distinct()
                .limit(10)
                .toList()
                .toString();
    }

    /** A state is what the whole journal amounts to. */
    void sameAsReplayed(String what, RunState state, RunState whole) {
        String live = SimPlan.dump(state);
        String replayed = SimPlan.dump(whole);
        if (!live.equals(replayed)) {
            throw new SimViolation(
                    Invariant.REPLAY_IS_LIVE,
                    "replay differs from " + what + ": " + differences(replayed, live) + " instead of "
                            + differences(live, replayed));
        }
    }

    /** What happened, for people: in one line, or from the beginning. */
    private String report(Invariant invariant, String why) {
        String first =
                "seed " + seed + " at +" + Duration.between(START, time.now()).toMillis() / 1000.0 + " s: " + why
                        + "\n  against: " + invariant
                        + "\n  again, with all that led to it: mvn -pl app -am test -Dtest=SimulationTest -Dsettle.sim.seed="
                        + seed
                        + " -Dsurefire.failIfNoSpecifiedTests=false";
        if (!log.isKept()) {
            return first;
        }
        StringBuilder text = new StringBuilder(first);
        text.append("\n\nThe run: ").append(sketch.policy()).append('\n');
        plan().items().forEach(item -> text.append("  ")
                .append(item.id())
                .append(item.deps().isEmpty() ? "" : " after " + item.deps())
                .append(item.retries().max() == 0 ? "" : " " + item.retries())
                .append(item.generatesSource().isPresent() ? " generates items" : "")
                .append('\n'));
        text.append("\nWhat is wrong with the cluster, and when (seconds from the start):\n")
                .append(faults.text(START));
        text.append("\nWhat truly became of the jobs:\n").append(truth.text(START));
        text.append("\nWhat happened: commands with what they answered and, further in, what was written and told:\n");
        text.append(log.text());
        text.append(
                "\n\nThe same as a story for testdata/traces: what reached the kernel, and what it makes of it now:\n");
        return text.append(story.told()).append('\n').toString();
    }

    Scheduler around(Scheduler adapter) {
        return subject.around(adapter);
    }

    Kernel kernel(RunState state, int number) {
        return subject.kernel(state, sketch.policy(), new Random(number), moment());
    }

    /** What time it is for a driver. */
    ClockReading moment() {
        return subject.moment(clock.moment());
    }

    Plan plan() {
        return sketch.plan();
    }

    FaultyDisk disk() {
        return disk;
    }

    RunFolder folder() {
        return folder;
    }

    /** What reaches the kernel, if somebody will read it. */
    Optional<StoryWriter> story() {
        return log.isKept() ? Optional.of(story) : Optional.empty();
    }

    SystemUnderTest subject() {
        return subject;
    }

    SimLog log() {
        return log;
    }

    SimTools tools() {
        return tools;
    }

    SimRecords records() {
        return records;
    }

    SimTime.MachineClock clock() {
        return clock;
    }

    SimTime time() {
        return time;
    }

    SimFaults faults() {
        return faults;
    }

    SimTruth truth() {
        return truth;
    }

    SimInvariants invariants() {
        return invariants;
    }

    JobWrapper wrapper() {
        return wrapper;
    }

    Random random() {
        return random;
    }

    RunEvent.Opened opened() {
        return sketch.opened(folder);
    }
}
