package dev.settle.app.crash;

import dev.settle.app.engine.Engine;
import dev.settle.app.engine.Generated;
import dev.settle.app.engine.Session;
import dev.settle.app.process.App;
import dev.settle.app.process.Console;
import dev.settle.app.process.Environment;
import dev.settle.app.process.Wiring;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.core.file.Disk;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.lease.DriverId;
import dev.settle.core.journal.lease.Lease;
import dev.settle.core.journal.lease.LeaseAnswer;
import dev.settle.core.journal.lease.Leases;
import dev.settle.core.journal.lease.LockReach;
import dev.settle.core.kernel.Input;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.Plan;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.scheduler.Scheduler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * One run on real files, driven by one driver after the other, some of which die. Drivers are threads here: what a death
 * loses is the same (all that is not in a file), and hundreds of them cost seconds.
 */
final class CrashedRun {
    private static final long LIFE_SECONDS_MAX = 60;
    private static final long TICK_MILLIS = 5;

    private final Path home;
    private final Plan plan;
    private final Policy policy;
    private final Clock clock;
    /** The scheduler of a run's folder; one for each driver. */
    private final Function<RunFolder, Scheduler> schedulers;

    /** What lies between drivers and the disk besides their deaths. */
    private UnaryOperator<Disk> trouble = disk -> disk;

    private Optional<RunFolder> folder = Optional.empty();
    private List<RunEvent> opening = List.of();
    private long drivers;

    /** What a driver's notices are collected in, for whoever asks why a test failed. */
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    CrashedRun(Path home, Plan plan, Policy policy, Clock clock, Function<RunFolder, Scheduler> schedulers) {
        this.home = home;
        this.plan = plan;
        this.policy = policy;
        this.clock = clock;
        this.schedulers = schedulers;
    }

    /** How a driver's life ended. */
    enum End {
        KILLED,
        ENDED,
        STORAGE_FAILED,
        LEFT,
        STUCK
    }

    private App app(CrashPoint crashPoint) {
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        return new App(
                "test",
                new Console(out, out),
                new Environment(Map.of("SETTLE_HOME", home.toString()), home, home, "tester"),
                new Wiring(
                        clock,
                        FastClock.monotonic(clock),
                        FastClock.pause(1),
                        new Random(),
                        trouble.apply(new CrashingDisk(crashPoint))),
                status -> {});
    }

    CrashedRun with(UnaryOperator<Disk> between) {
        trouble = between;
        return this;
    }

    /** What the next driver begins with. */
    CrashedRun opening(List<RunEvent> events) {
        opening = List.copyOf(events);
        return this;
    }

    Optional<RunFolder> folder() {
        return folder;
    }

    String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    Optional<RunState> state() {
        return folder.map(run -> new Runs(app(CrashPoint.NONE)).open(run).state());
    }

    /** One driver's life: creates the run unless it is there, and drives it until it ends or the driver dies. */
    End live(int act, CrashPoint.When when) throws InterruptedException, IOException {
        AtomicReference<Thread> driver = new AtomicReference<>();
        CrashPoint crashPoint = new CrashPoint(act, when, () -> driver.get().interrupt());
        AtomicReference<End> end = new AtomicReference<>(End.STUCK);
        AtomicReference<Throwable> defect = new AtomicReference<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        end.set(live(crashPoint));
                    } catch (CrashPoint.Killed | InterruptedException e) {
                        end.set(End.KILLED);
                    } catch (IOException | RuntimeException | AssertionError e) {
                        defect.set(e);
                    }
                },
                "driver");
        driver.set(thread);
        thread.start();
        thread.join(TimeUnit.SECONDS.toMillis(LIFE_SECONDS_MAX));
        if (defect.get() != null) {
            throw new AssertionError("driver " + drivers + ": " + said(), defect.get());
        }
        return end.get();
    }

    /** The acts of a driver that nobody kills. */
    private End live(CrashPoint crashPoint) throws IOException, InterruptedException {
        App app = app(crashPoint);
        Runs runs = new Runs(app);
        if (folder.isEmpty()) {
            folder = runs.list().stream().findFirst();
        }
        if (folder.isEmpty()) {
            folder = Optional.of(runs.create(plan, policy.backend(), "test", false, draft -> {})
                    .folder());
        }
        RunFolder run = folder.get();
        if (opening.isEmpty() && runs.open(run).state().ended().isPresent()) {
            return End.ENDED;
        }
        DriverId self = new DriverId("here", "boot", "pid:1", ++drivers, drivers);
        // Only the driver that asks lives; all before it are dead.
        Leases leases = new Leases(
                runs.disk(),
                self,
                pid -> pid == self.pid() ? OptionalLong.of(pid) : OptionalLong.empty(),
                LockReach.LOCAL,
                clock);
        LeaseAnswer answer = leases.take(run);
        if (answer.kind() != LeaseAnswer.Kind.TAKEN) {
            throw new AssertionError("a dead driver's run is not to be had: " + answer);
        }
        Lease lease = ((LeaseAnswer.Taken) answer).lease();
        try {
            return drive(crashPoint, app, runs, run, lease);
        } finally {
            release(lease);
        }
    }

    /** The dead write nothing, and some disks take nothing; but the system takes their locks and files. */
    private void release(Lease lease) {
        try {
            lease.release();
        } catch (IOException e) {
            said.writeBytes(("the lease could not be released: " + e + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private End drive(CrashPoint crashPoint, App app, Runs runs, RunFolder run, Lease lease)
            throws IOException, InterruptedException {
        AtomicReference<Session> current = new AtomicReference<>();
        Thread ticker = new Thread(
                () -> {
                    try {
                        while (true) {
                            Thread.sleep(TICK_MILLIS);
                            Session session = current.get();
                            if (session != null) {
                                session.post(new Input.Tick());
                            }
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "ticker");
        ticker.setDaemon(true);
        ticker.start();
        try {
            Requests requests = new Requests(run, home);
            Session.Ending ending = new Engine(app, runs)
                    .manage(
                            runs.openToManage(run),
                            lease,
                            new Engine.Setup(
                                    policy,
                                    new CrashingScheduler(schedulers.apply(run), crashPoint),
                                    new Generated(app),
                                    requests),
                            opening,
                            Optional.empty(),
                            entries -> {},
                            current::set);
            return switch (ending) {
                case ENDED -> End.ENDED;
                case STORAGE_FAILED -> End.STORAGE_FAILED;
                case LEFT, HANDED_OVER, FENCED -> End.LEFT;
            };
        } finally {
            ticker.interrupt();
        }
    }

    /** How many acts a life has that nobody cuts short. */
    int actsOfAWholeLife() throws IOException, InterruptedException {
        CrashPoint crashPoint = new CrashPoint(Integer.MAX_VALUE, CrashPoint.When.BEFORE, () -> {});
        if (live(crashPoint) != End.ENDED) {
            throw new AssertionError("a driver that nobody kills ends its run: " + said());
        }
        return crashPoint.acts();
    }
}
