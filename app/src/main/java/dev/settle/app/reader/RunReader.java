package dev.settle.app.reader;

import dev.settle.app.engine.AdoptedRun;
import dev.settle.app.engine.Adoption;
import dev.settle.app.engine.Background;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.RemoteEnd;
import dev.settle.app.process.Signals;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Requests;
import dev.settle.app.runs.Runs;
import dev.settle.app.stepqueue.StepQueue;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.file.CreatedRun;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.StopReason;
import dev.settle.core.view.DriverView;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads a run for a command, from when the command has it until the command ends, and answers with the exit status. A run
 * that no process manages is taken over where that is wanted.
 */
public final class RunReader {
    /** Whether a run that no process manages is taken over. */
    public enum Unmanaged {
        TAKE_OVER,
        LEAVE
    }

    private final Invocation invocation;
    private final App app;
    private final Runs runs;
    private final Adoption adoption;
    private final RunPresenter.Style style;
    private final StopConditions conditions;
    private final Unmanaged unmanaged;
    private final ReadingStatus.Of status;
    private final ReadingStatus exits;
    private final WatchGroup group;

    public RunReader(
            Invocation invocation,
            Adoption adoption,
            RunPresenter.Style style,
            StopConditions conditions,
            Unmanaged unmanaged,
            ReadingStatus.Of status,
            FollowUp followUp) {
        this(invocation, adoption, style, conditions, unmanaged, status, WatchGroup.alone(invocation.app(), followUp));
    }

    private RunReader(
            Invocation invocation,
            Adoption adoption,
            RunPresenter.Style style,
            StopConditions conditions,
            Unmanaged unmanaged,
            ReadingStatus.Of status,
            WatchGroup group) {
        this.invocation = invocation;
        this.app = invocation.app();
        this.runs = invocation.runs();
        this.adoption = adoption;
        this.style = style;
        this.conditions = conditions;
        this.unmanaged = unmanaged;
        this.status = status;
        this.exits =
                new ReadingStatus(status, conditions.only(), adoption.options().confirmation());
        this.group = group;
    }

    /** The same as one of several readers of a command. */
    RunReader in(WatchGroup others) {
        return new RunReader(invocation, adoption, style, conditions, unmanaged, status, others);
    }

    /** For commands that manage the run until it ends, and whose exit status is the run's. */
    public static RunReader toTheEnd(
            Invocation invocation, Adoption adoption, RunPresenter.Style style, FollowUp followUp) {
        return new RunReader(
                invocation,
                adoption,
                style,
                StopConditions.none(),
                Unmanaged.TAKE_OVER,
                ReadingStatus.Of.RUN,
                followUp);
    }

    /** How a run is to be managed here. */
    private record Begin(
            Runs.OpenRun run,
            LeaseService.Owned lease,
            Runnable release,
            List<RunEvent> opening,
            Optional<StepQueue> feeding) {}

    /** Reads a run that this command has created, and manages it. One that cannot even begin is removed. */
    public ExitStatus created(
            CreatedRun created, LeaseService.Owned lease, OnSignal onSignal, Optional<StepQueue> feeding)
            throws InterruptedException {
        RunFolder folder = created.folder();
        // The lease is held until the run may have been removed again.
        try (lease) {
            try {
                Runs.OpenRun shown = isWhole() ? runs.unread(created) : runs.open(created);
                List<Entry> first = isWhole() ? List.of(created.opened()) : List.of();
                Begin begin = new Begin(runs.open(created), lease, () -> {}, List.of(), feeding);
                return followed(shown, first, Optional.of(begin), onSignal);
            } catch (IOException e) {
                throw isWithdrawn(folder, e) ? runs.cannotWrite(e) : runs.cannotGoOn(folder, e);
            } catch (RuntimeException | Error e) {
                if (isWithdrawn(folder, e)) {
                    app.console().notice("settle: nothing was started");
                }
                throw e;
            }
        }
    }

    /** Reads a run whose lease is ours, and manages it. */
    public ExitStatus managed(
            RunFolder folder,
            LeaseService.Owned lease,
            List<RunEvent> opening,
            OnSignal onSignal,
            Optional<StepQueue> feeding)
            throws InterruptedException {
        try {
            Runs.OpenRun run;
            Runs.OpenRun shown;
            List<Entry> first;
            boolean loaded = false;
            try {
                run = runs.openToManage(folder);
                shown = isWhole() ? runs.unread(folder) : runs.open(folder);
                first = isWhole() ? runs.entries(folder) : List.of();
                loaded = true;
            } finally {
                if (!loaded) {
                    feeding.ifPresent(adoption.queues()::close);
                    lease.close();
                }
            }
            Begin begin = new Begin(run, lease, lease::close, opening, feeding);
            return followed(shown, first, Optional.of(begin), onSignal);
        } catch (IOException e) {
            throw runs.cannotGoOn(folder, e);
        }
    }

    /** Reads a run until it ends or a condition is met. */
    public ExitStatus watch(RunFolder folder) throws InterruptedException {
        Runs.OpenRun run = runs.open(folder);
        conditions.only().check(run.state());
        if (!isWhole()) {
            boolean enough = conditions.only().haveEnded(run.state());
            boolean ended = run.state().ended().isPresent();
            if (enough || ended || conditions.isFailed(run.state())) {
                return shownAtOnce(
                        run, enough ? FollowEnd.ENOUGH : ended ? FollowEnd.RUN_ENDED : FollowEnd.ITEM_FAILED);
            }
        }
        try {
            return followed(isWhole() ? runs.unread(folder) : run, List.of(), Optional.empty(), OnSignal.DETACH);
        } catch (IOException e) {
            throw runs.cannotGoOn(folder, e);
        }
    }

    /** An event stream tells the run from its first line, whenever it begins. */
    private boolean isWhole() {
        return style.form() == RunPresenter.Form.EVENTS;
    }

    private ExitStatus followed(Runs.OpenRun run, List<Entry> first, Optional<Begin> begin, OnSignal onSignal)
            throws IOException, InterruptedException {
        Optional<Follower.TakeOver> takeOver = unmanaged == Unmanaged.LEAVE
                ? Optional.empty()
                : Optional.of((state, listener) -> adoption.takeOver(run.folder(), state, listener));
        Follower follower = new Follower(invocation, run, conditions, takeOver);
        try (RunPresenter presenter = presenter(run, follower::view)) {
            presenter.opening(run.state());
            // A run that a signal stops is not left to go on.
            Runnable handOver = onSignal == OnSignal.STOP
                    ? () -> group.noticeLeft(run.folder().id())
                    : () -> detach(run.folder(), run.state());
            SignalReply reply = new SignalReply(app, run.folder(), group, onSignal, follower, presenter, handOver);
            Optional<AdoptedRun> begun = Optional.empty();
            if (begin.isPresent()) {
                Begin with = begin.get();
                begun = Optional.of(adoption.adopt(
                        with.run(), with.lease(), with.release(), with.opening(), with.feeding(), follower));
                follower.managedBy(begun.get());
            }
            group.joined(follower, reply::to);
            presenter.listen(new ScreenRequests(app, runs, run.folder(), follower, reply));
            FollowEnd end = follower.follow(first, presenter);
            // Where another process took the run meanwhile, this one has become a watcher.
            boolean manager = begun.isPresent() && follower.engine().equals(begun);
            return manager
                    ? managedUntil(end, run, presenter, follower, reply.signal(), handOver)
                    : watchedUntil(end, run, presenter, follower, reply.signal());
        } finally {
            follower.engine().ifPresent(AdoptedRun::close);
        }
    }

    /** The end of a command that was to manage the run. */
    private ExitStatus managedUntil(
            FollowEnd end,
            Runs.OpenRun run,
            RunPresenter presenter,
            Follower follower,
            Optional<Signals.Kind> signal,
            Runnable handOver) {
        RunState state = run.state();
        ExitStatus exit =
                switch (end) {
                    case RUN_ENDED -> {
                        boolean stopped = state.ended().orElseThrow().reason() == StopReason.DRIVER_STOPPED;
                        yield signal.filter(kind -> stopped)
                                .map(Signals.Kind::status)
                                .orElseGet(() -> exits.ofRun(state));
                    }
                    case STORAGE_FAILED -> ExitStatus.STORAGE_FAILED;
                    case SIGNALLED, ENOUGH, ITEM_FAILED, TIMED_OUT, GAVE_UP, ENGINE_GONE, LEFT_WITH_OTHERS ->
                        signal.map(Signals.Kind::status).orElse(ExitStatus.INTERRUPTED);
                };
        if (end == FollowEnd.SIGNALLED) {
            presenter.left(state, exit);
        } else {
            show(state, presenter, exit);
        }
        presenter.close();
        follower.engine().ifPresent(engine -> engine.applyBest(state));
        if (end != FollowEnd.RUN_ENDED && end != FollowEnd.STORAGE_FAILED) {
            // Dependents start and the run ends although nobody watches.
            follower.engine().ifPresent(AdoptedRun::close);
            handOver.run();
        }
        return exit;
    }

    /** The end of a command that only watches; the run goes on, in the background where it was managed here. */
    private ExitStatus watchedUntil(
            FollowEnd end, Runs.OpenRun run, RunPresenter presenter, Follower follower, Optional<Signals.Kind> signal) {
        RunFolder folder = run.folder();
        RunState state = run.state();
        boolean ours = follower.engine().isPresent();
        if (end == FollowEnd.ENGINE_GONE) {
            app.console()
                    .notice("settle: no process manages run " + folder.id() + " any more. To continue: settle watch "
                            + folder.id());
        }
        if (end == FollowEnd.ENOUGH) {
            showEnough(run, presenter);
        } else if (end == FollowEnd.SIGNALLED) {
            presenter.left(state, status(end, run, signal));
        } else if (end != FollowEnd.LEFT_WITH_OTHERS) {
            show(state, presenter, status(end, run, signal));
        }
        presenter.close();
        if (ours) {
            follower.engine().ifPresent(engine -> engine.applyBest(state));
            follower.engine().ifPresent(AdoptedRun::close);
            boolean left = end != FollowEnd.ENOUGH || !conditions.only().isAll();
            if (left && end != FollowEnd.RUN_ENDED && end != FollowEnd.STORAGE_FAILED) {
                leaveBehind(folder, state);
            }
        }
        return exit(end, run, signal);
    }

    private ExitStatus exit(FollowEnd end, Runs.OpenRun run, Optional<Signals.Kind> signal) {
        leaveOthers(end, run.state());
        boolean quiet = style.form() == RunPresenter.Form.QUIET && status(end, run, signal) == ExitStatus.COMPLETED;
        if (!quiet) {
            group.notice(end, run.folder().id(), conditions.giveUpAfter());
        }
        return status(end, run, signal);
    }

    private ExitStatus status(FollowEnd end, Runs.OpenRun run, Optional<Signals.Kind> signal) {
        return switch (end) {
            case RUN_ENDED -> exits.ended(run.state());
            case ENOUGH -> exits.enough(run.state());
            case STORAGE_FAILED -> ExitStatus.STORAGE_FAILED;
            case ENGINE_GONE -> ExitStatus.INTERRUPTED;
            case TIMED_OUT -> ExitStatus.TIMED_OUT;
            case ITEM_FAILED -> status == ReadingStatus.Of.RUN ? ExitStatus.ITEMS_FAILED : ExitStatus.COMPLETED;
            case SIGNALLED -> signal.map(Signals.Kind::status).orElse(ExitStatus.SIGNAL_INT);
            case GAVE_UP -> ExitStatus.SCHEDULER_UNREACHABLE;
            case LEFT_WITH_OTHERS -> ExitStatus.COMPLETED;
        };
    }

    /** There is nothing to wait for; what nobody confirmed is asked about once more. */
    private ExitStatus shownAtOnce(Runs.OpenRun run, FollowEnd end) {
        RunFolder folder = run.folder();
        RunState state = run.state();
        boolean active = unmanaged == Unmanaged.TAKE_OVER;
        try (RunPresenter presenter =
                presenter(run, shown -> invocation.leases().view(folder, shown))) {
            presenter.opening(state);
            if (end == FollowEnd.ENOUGH) {
                showEnough(run, presenter);
                return exit(end, run, Optional.empty());
            }
            if (end == FollowEnd.RUN_ENDED && active && state.unconfirmed() > 0) {
                adoption.recheck(
                        folder,
                        state.lastNumber(),
                        entries -> entries.forEach(entry -> {
                            state.apply(entry);
                            presenter.entry(entry, state);
                        }));
            }
            show(
                    state,
                    presenter,
                    end == FollowEnd.ITEM_FAILED
                            ? status(end, run, Optional.empty())
                            : exits.mapped(exits.ofRun(state)));
        }
        if (end == FollowEnd.ITEM_FAILED) {
            if (active && !invocation.leases().isDriven(folder)) {
                leaveBehind(folder, state);
            }
            return exit(end, run, Optional.empty());
        }
        leaveOthers(end, state);
        return exits.mapped(exits.ofRun(state));
    }

    /** A failed item is a reason to leave the other runs too, also where its own run has ended with it. */
    private void leaveOthers(FollowEnd end, RunState state) {
        group.left(end == FollowEnd.RUN_ENDED && conditions.isFailed(state) ? FollowEnd.ITEM_FAILED : end);
    }

    /**
     * Leaving a run stops the watching, and no more: what was managed here goes on in the background. Jobs that settle did
     * not submit go on by themselves.
     */
    private void leaveBehind(RunFolder folder, RunState state) {
        if (state.ended().isEmpty() && !state.opened().watched()) {
            leftToBackground(folder, state);
        }
    }

    /** Leaves the run that this command created or resumed, and says how to follow it. */
    private void detach(RunFolder folder, RunState state) {
        if (leftToBackground(folder, state)) {
            group.noticeDetached(folder.id());
        } else {
            group.noticeLeft(folder.id());
        }
    }

    private boolean leftToBackground(RunFolder folder, RunState state) {
        try {
            Background.leave(folder, state.plan(), app, runs);
            return true;
        } catch (Failure e) {
            e.lines().forEach(line -> app.console().notice("settle: " + line));
            return false;
        }
    }

    /** Removes a run that this command has created and that nothing was submitted of, so that repeating it runs it once. */
    private boolean isWithdrawn(RunFolder folder, Throwable cause) {
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

    /** The last words about a run, unless all is well and only trouble was to be shown. */
    private void show(RunState state, RunPresenter presenter, ExitStatus exit) {
        if (style.form() != RunPresenter.Form.JSON || !group.isOfSeveral()) {
            presenter.result(state, exit);
        }
    }

    /** The last words about the items that were to be watched; what merely waits for items has its own. */
    private void showEnough(Runs.OpenRun run, RunPresenter presenter) {
        RunState state = run.state();
        boolean all = conditions.only().isAll();
        boolean quiet = style.form() == RunPresenter.Form.QUIET && exits.enough(state) == ExitStatus.COMPLETED;
        switch (style.form()) {
            case JSON, EVENTS -> show(state, presenter, exits.enough(state));
            case LIVE, PLAIN, OUTPUT, QUIET -> {
                presenter.close();
                if (!all && !quiet) {
                    app.console().out(conditions.only().summary(state));
                }
            }
        }
        if (!all && !quiet && state.ended().isEmpty()) {
            app.console()
                    .notice("settle: run " + run.folder().id() + " continues. To keep watching: "
                            + FollowUp.WATCH
                                    .on(RemoteEnd.host(app.environment()))
                                    .line(run.folder().id()));
        }
    }

    private RunPresenter presenter(Runs.OpenRun run, Function<RunState, DriverView> engine) {
        return new RunPresenter(
                style,
                group.prefix(run.folder().id()),
                app.console(),
                app.wiring().clock(),
                new Requests(run.folder(), app.environment().home()),
                run.state(),
                engine);
    }
}
