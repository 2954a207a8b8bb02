package dev.settle.app.process;

import org.jspecify.annotations.Nullable;

/** The one place where this process ends itself. */
public final class ProcessEnd {
    /** A terminal that takes nothing any more must not keep the process. */
    private static final long LAST_ACT_MILLIS_MAX = 300;

    private static volatile @Nullable Runnable lastAct;

    private ProcessEnd() {}

    /** What is done before this process ends in whatever way it can still notice: a terminal gets its modes back. */
    public static void lastly(Runnable act) {
        lastAct = act;
    }

    /** Ends the process in order, shutdown hooks included. */
    public static void exit(ExitStatus status) {
        actLastly();
        System.exit(status.code());
    }

    /** Ends the process at once, whatever is in flight: a journal may be left at any instruction. */
    public static void halt(int status) {
        try {
            actLastly();
        } finally {
            Runtime.getRuntime().halt(status);
        }
    }

    private static void actLastly() {
        Runnable act = lastAct;
        if (act == null) {
            return;
        }
        lastAct = null;
        try {
            Thread thread = Threads.daemon("settle-last-act", act);
            thread.start();
            thread.join(LAST_ACT_MILLIS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (OutOfMemoryError noThread) {
            // No room for a thread: the process ends without it.
        }
    }
}
