package dev.settle.app.session;

import dev.settle.core.run.Entry;
import dev.settle.core.run.RunState;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells an observer what is on disk, entry by entry, with the state as it was right after each: its own fold, so that
 * those who drive and those who follow see the same.
 */
public final class Teller {
    private final RunState state;
    private final Observer observer;

    /**
     * A teller that has told nothing yet.
     *
     * @param state folded up to where the telling begins, and owned by this teller from now on
     */
    public Teller(RunState state, Observer observer) {
        this.state = state;
        this.observer = observer;
    }

    public synchronized void tell(List<Entry> entries) {
        for (Entry entry : entries) {
            state.apply(entry);
            observer.entry(entry, state);
        }
        observer.drawn(state);
    }

    /** Lets somebody look at the state between two tellings, from any thread. */
    public synchronized void look(Consumer<RunState> looker) {
        looker.accept(state);
    }

    public RunState state() {
        return state;
    }
}
