package dev.settle.app.reader;

import dev.settle.app.engine.Session;
import dev.settle.app.process.Signals;
import java.util.Optional;

/** Why a drive is left before its run ends: the first reason holds. Told by several threads. */
final class StopRequest {
    private Optional<Session> session = Optional.empty();
    private Optional<Driver.Why> why = Optional.empty();
    private Optional<Signals.Kind> signal = Optional.empty();

    /** The session that is to be left. */
    synchronized void begin(Session current) {
        session = Optional.of(current);
    }

    /** Leaves the session for a reason. */
    synchronized void leave(Driver.Why reason, String words) {
        if (why.isEmpty()) {
            why = Optional.of(reason);
        }
        session.ifPresent(current -> current.leave(words));
    }

    /**
     * Takes note of a signal.
     *
     * @return whether it is the first one
     */
    synchronized boolean signalled(Signals.Kind kind) {
        boolean first = signal.isEmpty();
        signal = Optional.of(kind);
        return first;
    }

    /** The signal is taken back: whoever sent it wants to go on. */
    synchronized void stay() {
        signal = Optional.empty();
    }

    synchronized Optional<Driver.Why> why() {
        return why;
    }

    synchronized Optional<Signals.Kind> signal() {
        return signal;
    }
}
