package dev.settle.core.journal.lease;

import java.io.IOException;

/** Tells a writer whether the run is still its own. */
public interface Fence {
    /** For files that nobody else can know of yet. */
    Fence OPEN = () -> true;

    /**
     * Whether no other driver has taken the run.
     *
     * @throws IOException when that cannot be found out; the writer then writes nothing
     */
    boolean isHeld() throws IOException;
}
