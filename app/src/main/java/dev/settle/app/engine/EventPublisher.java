package dev.settle.app.engine;

import dev.settle.core.run.Entry;
import dev.settle.core.run.RunState;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Tells an observer what is on disk, entry by entry, with the state as it was right after each: its own fold, so that
 * those who drive and those who follow see the same.
 */
public final class EventPublisher {
    private final RunState state;
    private final Optional<Observer> observer;

    /**
     * A teller that has told nothing yet.
     *
     * @param state folded up to where the telling begins, and owned by this teller from now on
     */
    public EventPublisher(RunState state, Observer observer) {
        this(state, Optional.of(observer));
    }

    private EventPublisher(RunState state, Optional<Observer> observer) {
        this.state = state;
        this.observer = observer;
    }

    /**
     * A teller of a run that nobody watches: it needs no fold of its own, which takes as much memory as the run.
     *
     * @param state the driver's own
     */
    public static EventPublisher toNobody(RunState state) {
        return new EventPublisher(state, Optional.empty());
    }

    public synchronized void tell(List<Entry> entries) {
        observer.ifPresent(present -> {
            for (Entry entry : entries) {
                state.apply(entry);
                present.entry(entry, state);
            }
            present.drawn(state);
        });
    }

    /** Lets somebody look at the state between two tellings, from any thread. */
    public synchronized void look(Consumer<RunState> looker) {
        looker.accept(state);
    }

    public RunState state() {
        return state;
    }
}
