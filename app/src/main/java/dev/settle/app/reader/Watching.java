package dev.settle.app.reader;

import dev.settle.app.engine.Background;
import dev.settle.app.engine.Feeding;
import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.Signals;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.app.stepqueue.QueueAccess;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.run.RunState;
import dev.settle.core.text.Durations;
import java.util.List;
import java.util.Optional;

/** Follows a run, and takes it over when nobody drives it: what watch does, and cancel and recover wait with. */
public final class Watching {
    /** Whether a run that nobody drives is taken over. */
    public enum Drive {
        WHEN_NOBODY_DOES,
        NEVER
    }

    /** What the exit status says. */
    public enum Status {
        OF_RUN,
        OF_WATCHING
    }

    private final App app;
    private final EngineOptions options;
    private final RunPresenter.Style style;
    private final Follower.Limits limits;
    private final Drive drive;
    private final Status status;
    private final Driver driver;
    private final Runs runs;
    private final LeaseService owners;

    public Watching(App app, EngineOptions options, RunPresenter.Style style, Follower.Limits limits, Drive drive, Status status) {
        this.app = app;
        this.options = options;
        this.style = style;
        this.limits = limits;
        this.drive = drive;
        this.status = status;
        this.driver = new Driver(app, options, style);
        this.runs = driver.runs();
        this.owners = driver.owners();
    }

    public Runs runs() {
        return runs;
    }

    /** Watches until the run ends or a limit is met. */
    public ExitStatus watch(RunFolder folder) throws InterruptedException {
        while (true) {
            Runs.OpenRun run = runs.open(folder);
            limits.only().check(run.state());
            boolean whole = style.form() == RunPresenter.Form.EVENTS;
            if (limits.only().haveEnded(run.state()) && !whole) {
                try (RunPresenter show = show(folder, run.state())) {
                    return enough(folder, run.state(), show);
                }
            }
            if (run.state().ended().isPresent() && !whole) {
                return told(folder, run);
            }
            if (limits.isFailed(run.state()) && !whole) {
                return failedAlready(folder, run.state());
            }
            if (drive == Drive.WHEN_NOBODY_DOES && run.state().ended().isEmpty()) {
                Optional<LeaseService.Owned> lease = owners.take(folder);
                if (lease.isPresent()) {
                    Driver.Result result = driver.drive(
                            folder, lease.get(), List.of(), OnSignal.DETACH, limits, feeding(run.state(), lease.get()));
                    Optional<ExitStatus> exit = exitOf(folder, result);
                    if (exit.isPresent()) {
                        return exit.get();
                    }
                    continue;
                }
            }
            run = whole ? runs.unread(folder) : run;
            try (RunPresenter show = show(folder, run.state())) {
                Optional<ExitStatus> exit = follow(folder, run, show);
                if (exit.isPresent()) {
                    return exit.get();
                }
            }
        }
    }

    /** Follows somebody else's drive; empty when its driver is gone and the run may be taken over. */
    private Optional<ExitStatus> follow(RunFolder folder, Runs.OpenRun run, RunPresenter show)
            throws InterruptedException {
        show.opening(run.state());
        Follower follower = new Follower(app, runs, owners);
        return switch (follower.follow(run, show, limits)) {
            case ENDED -> {
                show.result(run.state());
                yield Optional.of(ended(run.state()));
            }
            case DRIVER_GONE -> {
                if (drive != Drive.NEVER) {
                    yield Optional.empty();
                }
                app.console()
                        .notice("settle: nobody drives run " + folder.id() + " any more; settle watch " + folder.id()
                                + " goes on with it");
                show.result(run.state());
                yield Optional.of(ExitStatus.INTERRUPTED);
            }
            case TIMED_OUT -> {
                show.result(run.state());
                yield Optional.of(timedOut(folder));
            }
            case ITEM_FAILED -> {
                show.result(run.state());
                yield Optional.of(itemFailed(folder));
            }
            case ENOUGH -> Optional.of(enough(folder, run.state(), show));
            case GAVE_UP -> {
                show.result(run.state());
                yield Optional.of(gaveUp(folder));
            }
            case SIGNALLED -> Optional.of(signalled(folder, follower.signal()));
        };
    }

    /** There is nothing to wait for: the first failed item came before the watch. */
    private ExitStatus failedAlready(RunFolder folder, RunState state) {
        try (RunPresenter show = show(folder, state)) {
            show.result(state);
        }
        if (drive == Drive.WHEN_NOBODY_DOES && !owners.isDriven(folder)) {
            leaveBehind(folder, state);
        }
        return itemFailed(folder);
    }

    /** The queue of the run; where it cannot be fed from here, the lease is given back. */
    private Optional<Feeding> feeding(RunState state, LeaseService.Owned lease) {
        boolean opened = false;
        try {
            Optional<Feeding> feeding = driver.queues().open(state, QueueAccess.Coming.TAKEN_OVER);
            opened = true;
            return feeding;
        } finally {
            if (!opened) {
                lease.close();
            }
        }
    }

    /** How a drive of ours ended; empty when another driver took over, so that there is more to follow. */
    private Optional<ExitStatus> exitOf(RunFolder folder, Driver.Result result) {
        return switch (result.why()) {
            case ENDED -> Optional.of(ended(result.state()));
            case STORAGE -> Optional.of(ExitStatus.STORAGE_FAILED);
            case SIGNAL -> {
                leaveBehind(folder, result.state());
                yield Optional.of(signalled(folder, result.signal()));
            }
            case TIMED_OUT -> {
                leaveBehind(folder, result.state());
                yield Optional.of(timedOut(folder));
            }
            case ITEM_FAILED -> {
                leaveBehind(folder, result.state());
                yield Optional.of(itemFailed(folder));
            }
            case ENOUGH -> {
                if (!limits.only().isAll()) {
                    leaveBehind(folder, result.state());
                }
                yield Optional.of(mapped(ofChosen(result.state())));
            }
            case FENCED -> Optional.empty();
        };
    }

    /**
     * Whoever leaves a watch stops watching, and no more: the run that was driven here goes on in the background. Nobody
     * asked for more than a look at jobs that settle did not submit; they go on by themselves.
     */
    private void leaveBehind(RunFolder folder, RunState state) {
        if (state.ended().isPresent() || state.opened().watched()) {
            return;
        }
        try {
            Background.leave(folder, state.plan().queue().isPresent(), app, runs);
        } catch (Failure e) {
            e.lines().forEach(line -> app.console().notice("settle: " + line));
        }
    }

    /** The run has ended, and with it whatever was watched. */
    private ExitStatus ended(RunState state) {
        ExitStatus ofRun = RunPresenter.exitStatus(state, options.confirmation());
        boolean verdict = ofRun.code() < ExitStatus.NOT_FOUND.code();
        return mapped(verdict && !limits.only().isAll() ? ofChosen(state) : ofRun);
    }

    private ExitStatus ofChosen(RunState state) {
        return limits.only().isAll() ? ExitStatus.COMPLETED : limits.only().status(state, options.confirmation());
    }

    /** What was waited for has ended; the run may go on. */
    private ExitStatus enough(RunFolder folder, RunState state, RunPresenter show) {
        driver.tellEnough(folder, state, show, limits.only());
        return mapped(ofChosen(state));
    }

    private ExitStatus itemFailed(RunFolder folder) {
        app.console().notice("settle: left at the first failed item; the run goes on: settle watch " + folder.id());
        return status == Status.OF_RUN ? ExitStatus.ITEMS_FAILED : ExitStatus.COMPLETED;
    }

    private ExitStatus signalled(RunFolder folder, Optional<Signals.Kind> signal) {
        app.console().notice("settle: stopped watching; the run goes on: settle watch " + folder.id());
        return signal.map(Signals.Kind::status).orElse(ExitStatus.SIGNAL_INT);
    }

    private ExitStatus gaveUp(RunFolder folder) {
        app.console()
                .notice("settle: the scheduler has not answered for "
                        + Durations.format(limits.giveUpAfter().orElseThrow())
                        + "; the run goes on when it does: settle watch " + folder.id());
        return ExitStatus.SCHEDULER_UNREACHABLE;
    }

    private ExitStatus timedOut(RunFolder folder) {
        app.console().notice("settle: --timeout passed; the run goes on: settle watch " + folder.id());
        return ExitStatus.TIMED_OUT;
    }

    /** A run that ended before: asks once more about what nobody confirmed, and tells how it ended. */
    private ExitStatus told(RunFolder folder, Runs.OpenRun run) {
        try (RunPresenter show = show(folder, run.state())) {
            if (drive == Drive.WHEN_NOBODY_DOES && run.state().unconfirmed() > 0) {
                driver.askOnce(run, show);
            }
            show.result(run.state());
        }
        return mapped(RunPresenter.exitStatus(run.state(), options.confirmation()));
    }

    /** Without --exit-status a run that ended is a success of watching; the codes from 5 on apply to both. */
    private ExitStatus mapped(ExitStatus ofRun) {
        boolean verdict = ofRun.code() < ExitStatus.NOT_FOUND.code();
        return status == Status.OF_WATCHING && verdict ? ExitStatus.COMPLETED : ofRun;
    }

    private RunPresenter show(RunFolder folder, RunState state) {
        return new RunPresenter(
                style,
                app.console(),
                app.wiring().clock(),
                new Requests(folder, app.environment().home()),
                state,
                now -> owners.view(folder, now));
    }
}
