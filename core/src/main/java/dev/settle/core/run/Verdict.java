package dev.settle.core.run;

/** The one function from a run to the answer that its exit status gives. */
public enum Verdict {
    /** Every item completed, and something with authority said so. */
    COMPLETED(0),
    /** Settled, and at least one item failed, was cancelled or could not start because of another. */
    FAILED(1),
    /** Interrupted or cancelled before its items could end. */
    INTERRUPTED(3),
    /** Nothing failed, but at least one verdict is unconfirmed. */
    UNCONFIRMED(4),
    /** The scheduler could not be asked for longer than the user gave it. */
    UNREACHABLE(69),
    /** settle's own files could not be written. */
    STORAGE(74);

    private final int exitStatus;

    Verdict(int exitStatus) {
        this.exitStatus = exitStatus;
    }

    /** The exit status of contract.md, 2. */
    public int exitStatus() {
        return exitStatus;
    }

    /**
     * The verdict of an ended run.
     *
     * @param stop how it ended
     */
    public static Verdict of(Stop stop, Counts counts, int unconfirmed) {
        return switch (stop.reason().ending()) {
            case STORAGE -> STORAGE;
            case UNREACHABLE -> UNREACHABLE;
            case INTERRUPTED, CANCELLED -> INTERRUPTED;
            case FAILED -> FAILED;
            case UNCONFIRMED -> counts.bad() > 0 ? FAILED : UNCONFIRMED;
            case COMPLETED -> ofCompleted(counts, unconfirmed);
        };
    }

    /** Whatever a run is said to have ended for: 0 means that every item completed. */
    private static Verdict ofCompleted(Counts counts, int unconfirmed) {
        if (counts.bad() > 0) {
            return FAILED;
        }
        if (counts.of(ItemState.COMPLETED) < counts.total()) {
            return INTERRUPTED;
        }
        return unconfirmed > 0 ? UNCONFIRMED : COMPLETED;
    }
}
