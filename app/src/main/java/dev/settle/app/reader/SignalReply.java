package dev.settle.app.reader;

import dev.settle.app.engine.Session;
import dev.settle.app.process.App;
import dev.settle.app.process.Signals;
import dev.settle.core.kernel.Input;
import dev.settle.core.model.RunId;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.time.Duration;
import java.util.Set;

/** Does what a signal asks of a command that drives a run; the second one always ends the process at once. */
final class SignalReply {
    /** As a terminal hands it over while single keys are read. */
    private static final char CTRL_C = 3;

    /** How long a run that is stopped by a signal may take to end; the process is gone within 2 s. */
    private static final Duration STOP_PATIENCE = Duration.ofMillis(1_600);

    /** The same for one that is detached from: what must be kept takes a millisecond to write. */
    private static final Duration DETACH_PATIENCE = Duration.ofMillis(1_500);

    /** What is to become of the run. */
    private enum Wish {
        GO_ON,
        CANCEL,
        DETACH,
        STOP,
        LEAVE_AT_ONCE
    }

    private final App app;
    private final RunId run;
    private final Session session;
    private final OnSignal onSignal;
    private final StopRequest leaving;
    private final RunPresenter show;

    SignalReply(App app, RunId run, Session session, OnSignal onSignal, StopRequest leaving, RunPresenter show) {
        this.app = app;
        this.run = run;
        this.session = session;
        this.onSignal = onSignal;
        this.leaving = leaving;
        this.show = show;
    }

    /** Called in a thread of the signal's own; may wait for an answer of the user's. */
    void to(Signals.Kind kind) {
        if (!leaving.signalled(kind)) {
            leaveAtOnce(kind);
        }
        switch (wish(kind)) {
            case GO_ON -> leaving.stay();
            case CANCEL -> {
                app.console().notice("settle: cancelling; once more to leave at once");
                session.post(new Input.CancelAsked(Set.of(), app.environment().user()));
            }
            case DETACH -> {
                leaving.leave(Driver.Why.SIGNAL, kind.name());
                // The disk or a command may hang; the process must not. A journal can be left at any instruction.
                Later.run(app.wiring().pause(), DETACH_PATIENCE, () -> {
                    tellDetached(app, run);
                    leaveAtOnce(kind);
                });
            }
            case LEAVE_AT_ONCE -> leaveAtOnce(kind);
            case STOP -> {
                session.post(new Input.StopAsked(Stop.of(
                        StopReason.DRIVER_STOPPED,
                        "settle was asked to end by SIG" + kind,
                        app.wiring().clock().instant())));
                Later.run(app.wiring().pause(), STOP_PATIENCE, () -> leaving.leave(Driver.Why.SIGNAL, kind.name()));
            }
        }
    }

    /** The run goes on without us; how to go on with it. */
    static void tellDetached(App app, RunId run) {
        app.console()
                .notice("settle: detached from run " + run + "; its jobs live on. Go on with: settle watch " + run);
    }

    private void leaveAtOnce(Signals.Kind kind) {
        show.close();
        app.halt().accept(kind.status().code());
    }

    private Wish wish(Signals.Kind kind) {
        return switch (onSignal) {
            case ASK -> kind == Signals.Kind.INT ? asked() : Wish.DETACH;
            case DETACH -> Wish.DETACH;
            case CANCEL -> Wish.CANCEL;
            case STOP -> Wish.STOP;
        };
    }

    /** Whoever cannot be asked, or does not answer, leaves the run as a signal without a terminal would. */
    private Wish asked() {
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
