package dev.settle.app.reader;

import dev.settle.app.config.Configuration;
import dev.settle.app.creation.NewRuns;
import dev.settle.app.engine.AccountingRecheck;
import dev.settle.app.engine.Engine;
import dev.settle.app.engine.EventPublisher;
import dev.settle.app.engine.Feeding;
import dev.settle.app.engine.Observer;
import dev.settle.app.engine.Queues;
import dev.settle.app.engine.Schedulers;
import dev.settle.app.engine.Session;
import dev.settle.app.engine.StoredOptions;
import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Signals;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.RunId;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.StopReason;
import dev.settle.core.text.Durations;
import dev.settle.core.view.DriverView;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Drives runs in the foreground of a command: run, resume, and watch when nobody else drives. */
public final class Driver {
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
    private final EngineOptions options;
    private final RunPresenter.Style style;
    private final Runs runs;
    private final LeaseService owners;
    private final Configuration configuration;
    private final Queues queues;
    /** The run that this command has created. */
    private Optional<RunId> begun = Optional.empty();

    public Driver(App app, EngineOptions options, RunPresenter.Style style) {
        this.app = app;
        this.options = options;
        this.style = style;
        this.runs = new Runs(app);
        this.configuration = Configuration.read(app.environment());
        this.owners = new LeaseService(app, runs);
        this.queues = new Queues(app, runs);
    }

    /** Makes the runs that are to be driven. */
    public NewRuns newRuns(Optional<BackendName> backend) {
        return new NewRuns(app, backend, configuration, runs, owners, asked());
    }

    public Runs runs() {
        return runs;
    }

    public LeaseService owners() {
        return owners;
    }

    public Queues queues() {
        return queues;
    }

    /** What this invocation says: its options, and its variables under them. */
    private EngineOptions asked() {
        return options.or(EngineOptions.of(configuration.variables()));
    }

    /** Drives a new run until it ends or a signal comes. One that cannot even be begun is removed. */
    public ExitStatus begin(NewRuns.Owned created, OnSignal onSignal, Optional<Feeding> feeding) throws InterruptedException {
        begun = Optional.of(created.folder().id());
        return run(created.folder(), created.lease(), List.of(), onSignal, feeding);
    }

    /** Drives a run whose lease is ours until it ends or a signal comes. */
    public ExitStatus run(
            RunFolder folder,
            LeaseService.Owned lease,
            List<RunEvent> opening,
            OnSignal onSignal,
            Optional<Feeding> feeding)
            throws InterruptedException {
        Result result = drive(folder, lease, opening, onSignal, Follower.Limits.none(), feeding);
        return switch (result.why()) {
            case ENDED -> exitStatus(result);
            case STORAGE -> ExitStatus.STORAGE_FAILED;
            case SIGNAL, TIMED_OUT, ITEM_FAILED, ENOUGH -> {
                SignalReply.tellDetached(app, folder.id());
                yield result.signal().map(Signals.Kind::status).orElse(ExitStatus.INTERRUPTED);
            }
            case FENCED -> followed(folder);
        };
    }

    /** Somebody else drives the run; whoever wanted to drive it watches, for the same exit status. */
    private ExitStatus followed(RunFolder folder) throws InterruptedException {
        return new Watching(
                        app, options, style, Follower.Limits.none(), Watching.Drive.WHEN_NOBODY_DOES, Watching.Status.OF_RUN)
                .watch(folder);
    }

    private ExitStatus exitStatus(Result result) {
        boolean stopped = result.state().ended().orElseThrow().reason() == StopReason.DRIVER_STOPPED;
        return result.signal()
                .filter(signal -> stopped)
                .map(Signals.Kind::status)
                .orElseGet(() -> RunPresenter.exitStatus(result.state(), options.confirmation()));
    }

    /**
     * Asks accounting once more about the unconfirmed verdicts of a run that has ended, unless somebody else does.
     *
     * @param run as it was opened; its fold is carried on
     * @param observer told of what changes
     */
    void askOnce(Runs.OpenRun run, Observer observer) {
        Optional<LeaseService.Owned> taken = owners.take(run.folder());
        if (taken.isEmpty()) {
            return;
        }
        RunFolder folder = run.folder();
        try (LeaseService.Owned lease = taken.get()) {
            Requests requests = new Requests(folder, app.environment().home());
            new AccountingRecheck(app, runs)
                    .ask(
                            runs.openToDrive(folder),
                            lease.lease(),
                            Schedulers.setup(app, runs, run, requests, asked().or(StoredOptions.read(folder))),
                            new EventPublisher(run.state(), observer));
        } catch (IOException e) {
            throw runs.cannotGoOn(folder, e);
        }
    }

    /** Drives until the run ends, a signal comes or a limit is met; shows it, the verdict included. */
    Result drive(
            RunFolder folder,
            LeaseService.Owned lease,
            List<RunEvent> opening,
            OnSignal onSignal,
            Follower.Limits limits,
            Optional<Feeding> feeding)
            throws InterruptedException {
        try (lease) {
            try {
                return driveOwned(folder, lease, opening, onSignal, limits, feeding);
            } catch (IOException e) {
                throw isWithdrawn(folder, e) ? runs.cannotWrite(e) : runs.cannotGoOn(folder, e);
            } catch (RuntimeException | Error e) {
                if (isWithdrawn(folder, e)) {
                    app.console().notice("settle: nothing was started");
                }
                throw e;
            }
        } finally {
            feeding.ifPresent(queues::close);
        }
    }

    /** Removes a run that this command has created and that nothing was submitted of: who repeats it runs it once. */
    private boolean isWithdrawn(RunFolder folder, Throwable cause) {
        if (begun.filter(folder.id()::equals).isEmpty()) {
            return false;
        }
        try {
            RunState state = runs.look(folder);
            boolean untouched = state.ended().isEmpty()
                    && state.plan().queue().isEmpty()
                    && state.items().stream()
                            .allMatch(item -> item.attempt().token().isEmpty());
            if (untouched) {
                runs.home().remove(runs.disk(), folder);
            }
            return untouched;
        } catch (IOException e) {
            cause.addSuppressed(e);
            return false;
        }
    }

    private Result driveOwned(
            RunFolder folder,
            LeaseService.Owned lease,
            List<RunEvent> opening,
            OnSignal onSignal,
            Follower.Limits limits,
            Optional<Feeding> feeding)
            throws IOException, InterruptedException {
        Engine driving = new Engine(app, runs);
        Requests requests = new Requests(folder, app.environment().home());
        StopRequest leaving = new StopRequest();
        Runs.OpenRun run = runs.openToDrive(folder);
        // An event stream tells the run from its first line, whenever one tunes in.
        boolean whole = style.form() == RunPresenter.Form.EVENTS;
        RunState shown = (whole ? runs.unread(folder) : runs.open(folder)).state();
        try (RunPresenter show = show(driving, requests, shown)) {
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
            EventPublisher teller = new EventPublisher(shown, Observer.all(List.of(filtered, limitsWatch)));
            if (whole) {
                teller.tell(runs.entries(folder));
            }
            Engine.Setup setup = Schedulers.setup(app, runs, run, requests, asked().or(StoredOptions.read(folder)));
            tellFloor(setup.policy().interval());
            Session.Ending ending = driving.drive(run, lease.lease(), setup, opening, feeding, teller, session -> {
                leaving.begin(session);
                Signals.handle(new SignalReply(app, folder.id(), session, onSignal, leaving, show)::to);
                show.keepShowing(teller, app.wiring().pause());
                limits.until()
                        .ifPresent(until -> Later.run(
                                app.wiring().pause(),
                                Duration.between(app.wiring().clock().instant(), until),
                                () -> leaving.leave(Why.TIMED_OUT, "the watcher's --timeout passed")));
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
    }

    /** The last words about the items that were to be watched; what merely waits for items has its own. */
    void tellEnough(RunFolder folder, RunState state, RunPresenter show, ItemFilter only) {
        switch (style.form()) {
            case JSON, EVENTS -> show.result(state);
            case LIVE, PLAIN, QUIET -> {
                show.close();
                if (!only.isAll()) {
                    app.console().out(only.summary(state));
                }
            }
        }
        if (!only.isAll() && state.ended().isEmpty()) {
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

    private RunPresenter show(Engine driving, Requests requests, RunState shown) {
        Instant since = app.wiring().clock().instant();
        return new RunPresenter(
                style,
                app.console(),
                app.wiring().clock(),
                requests,
                shown,
                state -> state.ended().isPresent()
                        ? DriverView.none(driving.lastAnswer())
                        : DriverView.alive(app.wiring().host(), app.wiring().pid(), since, driving.lastAnswer()));
    }
}
