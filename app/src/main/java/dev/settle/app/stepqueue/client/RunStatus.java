package dev.settle.app.stepqueue.client;

import java.util.Set;

/** The service's names for the states of a run. A name that is not here is shown, and is neither running nor ended. */
public final class RunStatus {
    public static final String RUNNING = "running";
    static final String STOPPING = "stopping";
    public static final String COMPLETED = "completed";
    public static final String ERROR = "error";
    private static final Set<String> ENDED = Set.of("stopped", "terminated", ERROR, COMPLETED);

    private RunStatus() {}

    /** A terminal state, which is never overwritten. */
    public static boolean isEnded(String status) {
        return ENDED.contains(status);
    }

    /** No further step will come. */
    public static boolean isOver(String status) {
        return isEnded(status) || status.equals(STOPPING);
    }
}
