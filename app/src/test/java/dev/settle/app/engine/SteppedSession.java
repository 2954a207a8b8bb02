package dev.settle.app.engine;

import dev.settle.core.kernel.Input;
import dev.settle.core.run.Entry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A session for tests of other packages that bring the time along and take its turns one by one. */
public final class SteppedSession {
    private final Session session;

    public SteppedSession(Session session) {
        this.session = session;
    }

    /** The first commit of a drive. */
    public Optional<Session.Ending> begin(List<Entry> first) {
        return session.begin(first);
    }

    /** A turn of one input. */
    public Optional<Session.Ending> turn(Input input) {
        return session.turn(List.of(new Session.Posted(input, () -> {})));
    }

    /** How long to wait for an input before a tick is due. */
    public Duration untilTick() {
        return session.untilTick();
    }
}
