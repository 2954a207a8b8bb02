package dev.settle.app.engine.source;

import dev.settle.core.kernel.Input;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Where a run gets the items that its run file does not name. The session asks for decisions in each of its turns,
 * journals them like those of its own inputs, and only then lets the source act on them. What the source's events mean
 * is the source's own business.
 *
 * <p>All methods are called on the session's thread, which owns the state.
 */
public interface ItemSource extends AutoCloseable {
    /**
     * One decision.
     *
     * @param input what the run has to record; empty when only something has to be done
     * @param recorded does what follows, without blocking, once the journal has it
     */
    record Decision(Optional<Input.FromSource> input, Runnable recorded) {}

    /**
     * What a session has for its source.
     *
     * @param state of the run as it was taken up, its opening entries included
     * @param runFolder where the run's files are
     * @param outputs the files that an ended item printed to, in the order in which they are read
     * @param wake gives the session a turn; any thread may call it
     * @param notices shows the user a line about settle itself
     */
    record Host(
            RunState state,
            Path runFolder,
            Function<Item, List<Path>> outputs,
            Runnable wake,
            Consumer<String> notices) {}

    /** Makes the source of one session. */
    interface Opener {
        ItemSource open(Host host);
    }

    /** The next decision, given that everything decided before is folded; empty when there is none for now. */
    Optional<Decision> next(RunState state, Instant now);

    /** When {@link #next} may have something to decide although nothing woke the session. */
    Instant wakeAt(RunState state, Instant now);

    /** These entries are on disk now. */
    void report(List<Entry> entries, RunState state);

    /** Gives up what is under way; nothing is waited for. */
    @Override
    void close();
}
