package dev.settle.app.command;

import dev.settle.app.config.Configuration;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.Signals;
import dev.settle.app.session.Asking;
import dev.settle.app.session.Backends;
import dev.settle.app.session.Driving;
import dev.settle.app.session.Feeding;
import dev.settle.app.session.Observer;
import dev.settle.app.session.Policies;
import dev.settle.app.session.Requests;
import dev.settle.app.session.Runs;
import dev.settle.app.session.Schedulers;
import dev.settle.app.session.Session;
import dev.settle.app.session.Teller;
import dev.settle.core.drive.Input;
import dev.settle.core.journal.file.RunFolder;
import dev.settle.core.plan.Durations;
import dev.settle.core.plan.Plan;
import dev.settle.core.plan.Plan.BackendName;
import dev.settle.core.plan.RunId;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.view.DriverView;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.ParseResult;

/** Drives runs in the foreground of a command: run, resume, and watch when nobody else drives. */
final class Driver {
    /** As a terminal hands it over while single keys are read. */
    private static final char CTRL_C = 3;

    /** What a signal does to the run. */
    enum OnSignal {
        /** INT asks whoever sits at the terminal; without one, and for the others, as {@link #DETACH}. */
        ASK,
        DETACH,
        CANCEL,
        /** End the run as its driver's stop: a step queue's run is fed by nobody without us, and is told so. */
        STOP;

        private Wish wish() {
            return switch (this) {
                case ASK, DETACH -> Wish.DETACH;
                case CANCEL -> Wish.CANCEL;
                case STOP -> Wish.STOP;
            };
        }

        /** What run and resume do. */
        static OnSignal of(ParseResult args, Optional<Feeding> feeding) {
            if (Options.has(args, "--cancel-on-exit")) {
                return CANCEL;
            }
            return feeding.isPresent() ? STOP : ASK;
        }
    }

    /** How long a run that is stopped by a signal may take to end; the process is gone within 2 s. */
    private static final Duration STOP_PATIENCE = Duration.ofMillis(1_600);

    /** The same for one that is detached from: what must be kept takes a millisecond to write. */
    private static final Duration DETACH_PATIENCE = Duration.ofMillis(1_500);

    /** Why a drive ended. */
    enum Why {
        ENDED,
        SIGNAL,
        TIMED_OUT,
        ITEM_FAILED,
        ENOUGH,
        FENCED,
        STORAGE
    }

    /** How a drive ended. */
    record Result(Why why, RunState state, Optional<Signals.Kind> signal) {}

    private final App app;
    private final DriveOptions options;
    private final Runs runs;
    private final Owners owners;
    private final Configuration configuration;
    private final Queues queues;

    Driver(App app, DriveOptions options) {
        this.app = app;
        this.options = options;
        this.runs = new Runs(app);
        this.configuration = Configuration.read(app.environment());
        this.owners = new Owners(app, runs);
        this.queues = new Queues(app, runs);
    }

    Runs runs() {
        return runs;
    }

    Owners owners() {
        return owners;
    }

    Queues queues() {
        return queues;
    }

    /** The backend of a run that is to be created, with its tools there. */
    BackendName backendOf(Plan plan) {
        BackendName backend = Backends.choose(
                options.backend(),
                plan.backend(),
                configuration,
                Plans.path(app),
                app.environment().variables());
        List<String> missing = Backends.missingTools(Plans.path(app));
        if (backend == BackendName.SLURM && !missing.isEmpty()) {
            throw new Failure(
                    ExitStatus.SCHEDULER_UNREACHABLE,
                    List.of(
                            "the Slurm tools are not on PATH: " + String.join(" ", missing),
                            "load the site's module for Slurm, or write --backend local; nothing was created"));
        }
        return backend;
    }

    /** What this invocation says: its options, and its variables under them. */
    private Policies asked() {
        return options.policies().or(Policies.of(configuration.variables()));
    }

    /** Creates a run; of two that are exclusive and come at the same time only the first. */
    RunFolder create(Plan plan, BackendName backend) throws InterruptedException {
        if (!plan.exclusive()) {
            return created(plan, backend);
        }
        try {
            FileChannel held = NameLock.take(runs.home());
            try {
                refuseSecond(plan);
                return created(plan, backend);
            } finally {
                held.close();
            }
        } catch (IOException e) {
            throw runs.cannotWrite(e);
        }
    }

    private RunFolder created(Plan plan, BackendName backend) {
        return runs.create(
                plan, backend, app.version(), false, folder -> StoredOptions.write(runs.disk(), folder, asked()));
    }

    /** An exclusive run is refused while another of its name goes on. */
    void refuseSecond(Plan plan) {
        if (!plan.exclusive()) {
            return;
        }
        for (RunFolder folder : named(plan.name())) {
            RunState state = runs.open(folder).state();
            if (state.ended().isPresent()) {
                continue;
            }
            boolean driven = owners.view(folder, state).alive();
            throw Failure.usage(
                    "the run is exclusive, and " + folder.id() + " of the same name "
                            + (driven ? "is still running" : "is stalled: nobody drives it"),
                    driven
                            ? "settle watch " + folder.id() + " follows it; settle cancel " + folder.id() + " ends it"
                            : "settle watch " + folder.id() + " goes on with it; settle recover --end " + folder.id()
                                    + " ends it");
        }
    }

    private List<RunFolder> named(String name) {
        try {
            return runs.home().named(name);
        } catch (IOException e) {
            throw runs.cannotRead(e);
        }
    }

    /** Drives a new run until it ends or a signal comes. */
    ExitStatus run(RunFolder folder, List<RunEvent> opening, OnSignal onSignal, Optional<Feeding> feeding)
            throws InterruptedException {
        Optional<Owners.Owned> lease = owners.take(folder);
        if (lease.isEmpty()) {
            // A watcher was quicker than its creator, and drives it.
            return followed(folder);
        }
        return run(folder, lease.get(), opening, onSignal, feeding);
    }

    /** Drives a run whose lease is ours until it ends or a signal comes. */
    ExitStatus run(
            RunFolder folder, Owners.Owned lease, List<RunEvent> opening, OnSignal onSignal, Optional<Feeding> feeding)
            throws InterruptedException {
        Result result = drive(folder, lease, opening, onSignal, Follower.Limits.none(), feeding);
        return switch (result.why()) {
            case ENDED -> exitStatus(result);
            case STORAGE -> ExitStatus.STORAGE_FAILED;
            case SIGNAL, TIMED_OUT, ITEM_FAILED, ENOUGH -> {
                detached(folder.id());
                yield result.signal().map(Signals.Kind::status).orElse(ExitStatus.INTERRUPTED);
            }
            case FENCED -> followed(folder);
        };
    }

    /** Somebody else drives the run; whoever wanted to drive it watches, for the same exit status. */
    private ExitStatus followed(RunFolder folder) throws InterruptedException {
        return new Watching(
                        app, options, Follower.Limits.none(), Watching.Drive.WHEN_NOBODY_DOES, Watching.Status.OF_RUN)
                .watch(folder);
    }

    private ExitStatus exitStatus(Result result) {
        boolean stopped = result.state().ended().orElseThrow().reason() == StopReason.DRIVER_STOPPED;
        return result.signal()
                .filter(signal -> stopped)
                .map(Signals.Kind::status)
                .orElseGet(() -> Show.exitStatus(result.state(), options.acceptUnconfirmed()));
    }

    /**
     * Asks accounting once more about the unconfirmed verdicts of a run that has ended, unless somebody else does.
     *
     * @param run as it was opened; its fold is carried on
     * @param observer told of what changes
     */
    void askOnce(Runs.OpenRun run, Observer observer) {
        Optional<Owners.Owned> taken = owners.take(run.folder());
        if (taken.isEmpty()) {
            return;
        }
        RunFolder folder = run.folder();
        try (Owners.Owned lease = taken.get()) {
            Requests requests = new Requests(folder, app.environment().home());
            new Asking(app, runs)
                    .ask(
                            runs.openToDrive(folder),
                            lease.lease(),
                            Schedulers.setup(app, runs, run, requests, asked().or(StoredOptions.read(folder))),
                            new Teller(run.state(), observer));
        } catch (IOException e) {
            throw runs.cannotWrite(e);
        }
    }

    /** Drives until the run ends, a signal comes or a limit is met; shows it, the verdict included. */
    Result drive(
            RunFolder folder,
            Owners.Owned lease,
            List<RunEvent> opening,
            OnSignal onSignal,
            Follower.Limits limits,
            Optional<Feeding> feeding)
            throws InterruptedException {
        Driving driving = new Driving(app, runs);
        Requests requests = new Requests(folder, app.environment().home());
        Leaving leaving = new Leaving();
        try (lease) {
            Runs.OpenRun run = runs.openToDrive(folder);
            // An event stream tells the run from its first line, whenever one tunes in.
            boolean whole = options.style().form() == Show.Form.EVENTS;
            RunState shown = (whole ? runs.unread(folder) : runs.open(folder)).state();
            try (Show show = show(driving, requests, shown)) {
                show.opening(shown);
                Observer limitsWatch = (entry, state) -> {
                    if (limits.enough().test(state)) {
                        leaving.leave(Why.ENOUGH, "what was waited for has settled");
                    }
                    boolean told = limits.only().concerns(entry, state);
                    if (told && limits.failFast() && Follower.isFailure(entry)) {
                        leaving.leave(Why.ITEM_FAILED, "left at the first failed item");
                    }
                };
                Observer filtered = limits.only().isAll() ? show : limits.only().of(show);
                Teller teller = new Teller(shown, Observer.all(List.of(filtered, limitsWatch)));
                if (whole) {
                    teller.tell(runs.entries(folder));
                }
                Driving.Setup setup =
                        Schedulers.setup(app, runs, run, requests, asked().or(StoredOptions.read(folder)));
                tellFloor(setup.policy().interval());
                Session.Ending ending = driving.drive(run, lease.lease(), setup, opening, feeding, teller, session -> {
                    leaving.begin(session);
                    Signals.handle(kind -> signalled(kind, folder.id(), session, onSignal, leaving, show));
                    show.keepDrawing(teller);
                    limits.until()
                            .ifPresent(until -> leaveAt(
                                    until, () -> leaving.leave(Why.TIMED_OUT, "the watcher's --timeout passed")));
                });
                Why why =
                        switch (ending) {
                            case ENDED -> Why.ENDED;
                            case LEFT -> leaving.why().orElse(Why.SIGNAL);
                            case FENCED -> Why.FENCED;
                            case STORAGE_FAILED -> Why.STORAGE;
                        };
                if (why == Why.ENOUGH) {
                    tellEnough(folder, teller.state(), show, limits.only());
                } else if (why != Why.FENCED && why != Why.SIGNAL) {
                    show.result(teller.state());
                }
                feeding.ifPresent(queue -> queues.applyBest(queue, folder, teller.state()));
                return new Result(why, teller.state(), leaving.signal());
            }
        } catch (IOException e) {
            throw runs.cannotWrite(e);
        } finally {
            feeding.ifPresent(queues::close);
        }
    }

    /** The last words about the items that were to be watched; what merely waits for items has its own. */
    void tellEnough(RunFolder folder, RunState state, Show show, Chosen only) {
        if (only.isAll()) {
            return;
        }
        switch (options.style().form()) {
            case JSON, EVENTS -> show.result(state);
            case LIVE, PLAIN, QUIET -> {
                show.close();
                app.console().out(only.summary(state));
            }
        }
        if (state.ended().isEmpty()) {
            app.console().notice("settle: run " + folder.id() + " goes on: settle watch " + folder.id());
        }
    }

    /** Who asks for shorter pauses than the site allows is told so, not refused. */
    private void tellFloor(Duration interval) {
        Duration wanted = asked().interval().orElse(interval);
        if (wanted.compareTo(interval) < 0) {
            app.console()
                    .notice("settle: an interval of " + Durations.format(wanted) + " is below this site's floor of "
                            + Durations.format(interval) + "; the floor holds");
        }
    }

    private Show show(Driving driving, Requests requests, RunState shown) {
        Instant since = app.wiring().clock().instant();
        return new Show(
                options.style(),
                app.console(),
                app.wiring().clock(),
                requests,
                shown,
                state -> state.ended().isPresent()
                        ? DriverView.none(driving.lastAnswer())
                        : DriverView.alive(app.wiring().host(), app.wiring().pid(), since, driving.lastAnswer()));
    }

    private void leaveAt(Instant until, Runnable leave) {
        Thread timer = new Thread(
                () -> {
                    Duration wait = Duration.between(app.wiring().clock().instant(), until);
                    try {
                        Thread.sleep(Math.max(0, wait.toMillis()));
                        leave.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "settle-timeout");
        timer.setDaemon(true);
        timer.start();
    }

    private void signalled(
            Signals.Kind kind, RunId runId, Session session, OnSignal onSignal, Leaving leaving, Show show) {
        if (!leaving.signalled(kind)) {
            leaveAtOnce(kind, show);
        }
        boolean asks = onSignal == OnSignal.ASK && kind == Signals.Kind.INT;
        switch (asks ? asked(show) : onSignal.wish()) {
            case GO_ON -> leaving.stay();
            case CANCEL -> {
                app.console().notice("settle: cancelling; once more to leave at once");
                session.post(new Input.CancelAsked(Set.of(), app.environment().user()));
            }
            case DETACH -> {
                // The disk or a command may hang; the process must not. A journal can be left at any instruction.
                leaveAt(app.wiring().clock().instant().plus(DETACH_PATIENCE), () -> {
                    detached(runId);
                    leaveAtOnce(kind, show);
                });
                leaving.leave(Why.SIGNAL, kind.name());
            }
            case LEAVE_AT_ONCE -> leaveAtOnce(kind, show);
            case STOP -> {
                Instant now = app.wiring().clock().instant();
                session.post(new Input.StopAsked(
                        Stop.of(StopReason.DRIVER_STOPPED, "settle was asked to end by SIG" + kind, now)));
                leaveAt(now.plus(STOP_PATIENCE), () -> leaving.leave(Why.SIGNAL, kind.name()));
            }
        }
    }

    private void detached(RunId run) {
        app.console()
                .notice("settle: detached from run " + run + "; its jobs live on. Go on with: settle watch " + run);
    }

    private void leaveAtOnce(Signals.Kind kind, Show show) {
        show.close();
        app.halt().accept(kind.status().code());
    }

    /** What is to become of the run. */
    private enum Wish {
        GO_ON,
        CANCEL,
        DETACH,
        STOP,
        LEAVE_AT_ONCE
    }

    /** Whoever cannot be asked, or does not answer, leaves the run as a signal without a terminal would. */
    private static Wish asked(Show show) {
        return show.ask("Ctrl-C: [d]etach and leave the jobs running, [c]ancel the run, [g]o on? ", "dcg\r\n" + CTRL_C)
                .map(key -> switch (key) {
                    case 'd' -> Wish.DETACH;
                    case 'c' -> Wish.CANCEL;
                    case CTRL_C -> Wish.LEAVE_AT_ONCE;
                    default -> Wish.GO_ON;
                })
                .orElse(Wish.DETACH);
    }
}
