package dev.settle.app.engine;

import dev.settle.core.run.Entry;
import dev.settle.core.run.RunState;
import java.util.List;

/** Sees a run as its journal grows: the log, the event stream, the live screen. */
public interface Observer {
    /** Entries that are on disk, folded one after the other. The state is the one after the entry. */
    void entry(Entry entry, RunState state);

    /** All entries of a batch were told; a screen may be drawn now. */
    default void drawn(RunState state) {}

    /** For those who show nothing. */
    Observer NONE = (entry, state) -> {};

    /** Tells several. */
    static Observer all(List<Observer> observers) {
        List<Observer> copy = List.copyOf(observers);
        return new Observer() {
            @Override
            public void entry(Entry entry, RunState state) {
                copy.forEach(observer -> observer.entry(entry, state));
            }

            @Override
            public void drawn(RunState state) {
                copy.forEach(observer -> observer.drawn(state));
            }
        };
    }
}
