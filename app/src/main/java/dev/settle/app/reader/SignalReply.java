package dev.settle.app.reader;

import dev.settle.app.engine.AdoptedRun;
import dev.settle.app.engine.InboxWatch;
import dev.settle.app.process.App;
import dev.settle.app.process.Signals;
import dev.settle.app.process.Threads;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.kernel.Input;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.RunId;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.view.screen.ScreenAction;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Does what a signal asks of a command that follows a run; the second signal always ends the process at once. */
final class SignalReply {
    /** How long a run that is stopped by a signal may take to end; the process is gone within 2 s. */
    private static final Duration STOP_PATIENCE = Duration.ofMillis(1_600);

    /** The same for one that is detached from: what must be kept takes a millisecond to write. */
    private static final Duration DETACH_PATIENCE = Duration.ofMillis(1_300);

    /** How long a process that leaves at once tries to leave the run to the background engine. */
    private static final Duration HAND_OVER_MAX = Duration.ofMillis(300);

    /** What is to become of the run. */
    private enum Wish {
        GO_ON,
        CANCEL,
        DETACH,
        STOP
    }

    private final App app;
    private final RunFolder run;
    private final WatchGroup group;
    private final OnSignal onSignal;
    private final Follower follower;
    private final RunPresenter presenter;
    private final Runnable handOver;
    private Optional<Signals.Kind> signal = Optional.empty();

    /**
     * @param onSignal what a signal means while this process manages the run; otherwise it ends the watching
     * @param handOver leaves the run to the background engine, where it may go on, and says how to follow it
     */
    SignalReply(
            App app,
            RunFolder run,
            WatchGroup group,
            OnSignal onSignal,
            Follower follower,
            RunPresenter presenter,
            Runnable handOver) {
        this.app = app;
        this.run = run;
        this.group = group;
        this.onSignal = onSignal;
        this.follower = follower;
        this.presenter = presenter;
        this.handOver = handOver;
    }

    /** The signal that holds. */
    synchronized Optional<Signals.Kind> signal() {
        return signal;
    }

    private synchronized boolean isFirst(Signals.Kind kind) {
        boolean first = signal.isEmpty();
        signal = Optional.of(kind);
        return first;
    }

    /** The signal is taken back: the user wants to go on. */
    private synchronized void goOn() {
        signal = Optional.empty();
    }

    /** Called in a thread of the signal's own, or of a key's; may wait for the user's answer. */
    void to(Signals.Kind kind) {
        if (!isFirst(kind)) {
            leaveAtOnce(kind);
        }
        Optional<AdoptedRun> engine = follower.engine();
        if (engine.isEmpty()) {
            follower.signalled();
            return;
        }
        switch (wish(kind)) {
            case GO_ON -> goOn();
            case CANCEL -> {
                app.console().notice("settle: cancelling... press Ctrl-C again to quit now");
                cancel(engine.get(), Set.of());
            }
            case DETACH -> detach(engine.get(), kind);
            case STOP -> {
                engine.get()
                        .post(new Input.StopAsked(Stop.of(
                                StopReason.DRIVER_STOPPED,
                                "settle was asked to end by SIG" + kind,
                                app.wiring().clock().instant())));
                after(STOP_PATIENCE, () -> engine.get().leave(kind.name()));
            }
        }
    }

    private void detach(AdoptedRun engine, Signals.Kind kind) {
        engine.leave(kind.name());
        // The disk or a command may hang; the process must not. A journal can be left at any instruction.
        after(DETACH_PATIENCE, () -> leaveAtOnce(kind));
    }

    private void cancel(AdoptedRun engine, Set<ItemId> items) {
        engine.post(new Input.CancelAsked(items, app.environment().user()));
    }

    /** Does what a key asks for. */
    void to(ScreenAction action) {
        if (action instanceof ScreenAction.Quit) {
            to(Signals.Kind.INT);
        } else if (action instanceof ScreenAction.Detach) {
            detach();
        } else if (action instanceof ScreenAction.Cancel cancel) {
            cancel(cancel.item());
        }
    }

    private void detach() {
        Optional<AdoptedRun> engine = follower.engine();
        if (engine.isPresent() && onSignal == OnSignal.STOP) {
            app.console().notice("settle: a step queue's run cannot be detached from; q stops it");
        } else if (isFirst(Signals.Kind.INT)) {
            engine.ifPresentOrElse(ours -> detach(ours, Signals.Kind.INT), follower::signalled);
        }
    }

    private void cancel(Optional<ItemId> item) {
        Set<ItemId> items = item.map(Set::of).orElse(Set.of());
        app.console().notice("settle: cancelling " + item.map(ItemId::value).orElse("run " + run.id()) + "...");
        Optional<AdoptedRun> engine = follower.engine();
        if (engine.isPresent()) {
            cancel(engine.get(), items);
            return;
        }
        try {
            InboxWatch.leave(
                    run,
                    items,
                    app.environment().user(),
                    RunId.random(app.wiring().random()).value());
        } catch (IOException e) {
            app.console().notice("settle: the request to cancel could not be written: " + e.getMessage());
        }
    }

    /** Does it some time from now, unless the process has ended by then. */
    private void after(Duration time, Runnable what) {
        Threads.daemon("settle-signal", () -> {
                    try {
                        app.wiring().pause().of(time);
                        what.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                })
                .start();
    }

    private void leaveAtOnce(Signals.Kind kind) {
        presenter.close();
        if (follower.engine().isPresent()) {
            handOverSoon();
            group.noticeLeft(run.id());
        }
        app.halt().accept(kind.status().code());
    }

    /** The disk that is to remember the run may hang. */
    private void handOverSoon() {
        Thread handing = Threads.daemon("settle-hand-over", handOver);
        handing.start();
        try {
            handing.join(HAND_OVER_MAX.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Wish wish(Signals.Kind kind) {
        return switch (onSignal) {
            case ASK -> kind == Signals.Kind.INT ? asked() : Wish.DETACH;
            case DETACH -> Wish.DETACH;
            case CANCEL -> Wish.CANCEL;
            case STOP -> Wish.STOP;
        };
    }

    /** Without a terminal, or without an answer, the run is left as a signal without a terminal would leave it. */
    private Wish asked() {
        return presenter
                .ask("Ctrl-C: [d]etach and leave the jobs running, [c]ancel the run, [k]eep watching? ", "dckg\n")
                .map(key -> switch (key) {
                    case 'd' -> Wish.DETACH;
                    case 'c' -> Wish.CANCEL;
                    default -> Wish.GO_ON;
                })
                .orElse(Wish.DETACH);
    }
}
