package dev.settle.app.stepqueue;

import java.util.Set;

/** The service's words for the state of a run. A word that is not here is shown, and is neither running nor ended. */
final class RunStatus {
    static final String RUNNING = "running";
    static final String STOPPING = "stopping";
    static final String COMPLETED = "completed";
    static final String ERROR = "error";
    private static final Set<String> ENDED = Set.of("stopped", "terminated", ERROR, COMPLETED);

    private RunStatus() {}

    /** A terminal state, which is never overwritten. */
    static boolean isEnded(String status) {
        return ENDED.contains(status);
    }

    /** No further step will come. */
    static boolean isOver(String status) {
        return isEnded(status) || status.equals(STOPPING);
    }
}
