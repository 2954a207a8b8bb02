package dev.settle.app.engine;

import dev.settle.core.run.Entry;
import java.util.List;

/** Hears, in the same process, of a run that the engine manages. Called by the engine's thread. */
public interface EngineListener {
    /** Entries that are on disk, in their order; waits while too many wait to be read. */
    void published(List<Entry> entries);

    /** The engine has left the run; nothing is published after this. */
    void ended(EngineEnd end);

    /** How the engine left a run: by itself, or by a failure. */
    sealed interface EngineEnd {}

    /** The session has come to its end. */
    record Left(Session.Ending ending) implements EngineEnd {}

    /** The session could not go on. */
    record Failed(Throwable cause) implements EngineEnd {}
}
