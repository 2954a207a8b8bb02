package dev.settle.app.session;

import dev.settle.core.drive.Input;
import dev.settle.core.drive.Kernel;
import dev.settle.core.drive.Moment;
import dev.settle.core.drive.Policy;
import dev.settle.core.drive.StoryWriter;
import dev.settle.core.journal.JournalLine;
import dev.settle.core.journal.file.FaultyDisk;
import dev.settle.core.journal.file.JournalReader;
import dev.settle.core.journal.file.RunFolder;
import dev.settle.core.plan.ItemId;
import dev.settle.core.plan.Plan;
import dev.settle.core.port.JobWrapper;
import dev.settle.core.port.Scheduler;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;

/** One timeline of one seed: a run on a cluster, with everything that goes wrong, until the run has ended. */
final class SimRun {
    /** Settle is killed. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Something happened that must not; told in one line, or with everything that led to it. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failed(String told, Throwable why) {
            super(told, why);
        }
    }

    /** Makes the kernel of a driver: the real one, or one that lacks a rule. */
    interface Kernels {
        Kernel make(RunState state, Policy policy, RandomGenerator random, Moment now);

        /** The scheduler that settle asks: the real adapter, or one that makes a mistake. */
        default Scheduler around(Scheduler adapter) {
            return adapter;
        }
    }

    static final Instant START = Instant.parse("2026-11-21T00:00:00Z");
    /** Turns of one timeline; one that takes more goes round in circles. */
    private static final int EVENTS_MAX = 200_000;

    private static final Duration SLACK = Duration.ofMinutes(10);

    private final long seed;
    private final Kernels kernels;
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
    private Instant lastTrouble = START;
    private RunState shadow;
    private long shadowEnd;

    SimRun(long seed, Kernels kernels, JobWrapper wrapper, Path scratch, boolean logged) throws IOException {
        this.log = new SimLog(time, logged);
        this.seed = seed;
        this.kernels = kernels;
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
        this.records = new SimRecords(folder, clock, this::recorded);
        this.cluster = new SimCluster(time, faults, new Random(seed + 1), records);
        this.sketch = SimPlan.of(new Random(seed + 2), cluster);
        this.truth = new SimTruth(time, cluster, sketch.policy());
        this.story = new StoryWriter(sketch.plan(), sketch.policy());
        this.tools = new SimTools(time, clock, cluster, new Random(seed + 3), truth::submitted, log);
        this.disk = new FaultyDisk(seed);
        this.shadow = new RunState(plan());
        Files.createDirectories(folder.records());
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
            while (!driver.isOver()
                    || driver.ending().isEmpty()
                    || driver.ending().get() == Session.Ending.LEFT) {
                if (!time.next(Instant.MAX) || ++events > EVENTS_MAX) {
                    throw new SimViolation("nothing happens any more, or too much");
                }
            }
            over();
        } catch (SimViolation | IllegalStateException | IllegalArgumentException | NullPointerException e) {
            throw new Failed(report(e.toString()), e);
        }
    }

    private void over() {
        if (driver.ending().orElseThrow() == Session.Ending.ENDED) {
            isDurable(driver.state().lastNumber());
            invariants.ended(driver.state());
            sameAsReplayed();
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

    /** The driver is gone; some time later somebody looks at the run again. */
    void died() {
        log.add(() -> "  settle is killed");
        boolean powerLost = random.nextInt(3) == 0;
        disk = powerLost ? disk.afterCrash() : disk.afterKill();
        time.after(Duration.ofMillis(random.nextInt(120_000)), this::startDriver);
    }

    private void startDriver() {
        lastTrouble = time.now();
        try {
            driver = new SimDriver(this, ++drivers);
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
            throw new SimViolation("nobody is told an end, "
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

    private void sameAsReplayed() {
        String live = SimPlan.dump(driver.state());
        String replayed = SimPlan.dump(shadow);
        if (!live.equals(replayed)) {
            throw new SimViolation("replay differs from the live state\n" + replayed + "\nlive:\n" + live);
        }
    }

    /** What happened, for people. */
    String report(String why) {
        StringBuilder text = new StringBuilder(
                "seed " + seed + " at +" + Duration.between(START, time.now()).toMillis() / 1000.0 + " s: " + why);
        if (!log.isKept()) {
            return text.toString();
        }
        text.append('\n');
        text.append(faults.text(START));
        text.append(sketch.policy()).append('\n');
        plan().items().forEach(item -> text.append(item.id() + " " + item.deps() + " " + item.retries() + "\n"));
        text.append("As a story for testdata/traces:\n").append(story.told()).append('\n');
        return text.append(log.text()).append('\n').toString();
    }

    Scheduler around(Scheduler adapter) {
        return kernels.around(adapter);
    }

    Kernel kernel(RunState state, int number) {
        return kernels.make(state, sketch.policy(), new Random(number), clock.moment());
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
