package dev.settle.app.process;

import java.io.IOException;
import java.time.Duration;

/**
 * That processes or threads are short for a moment (ulimit -u, the pids limit of a cgroup): a limit that others use up
 * as well, so what was refused a moment ago may pass now.
 */
public final class Shortage {
    /** How long to wait for a shortage to end; one that lasts longer needs a person. */
    public static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Duration TRY_EVERY = Duration.ofMillis(100);

    private Shortage() {}

    /** Something that needs a process. */
    public interface Start<T> {
        T start() throws IOException;
    }

    /** Whether a process or a thread was refused for want of room. */
    public static boolean isOf(Throwable trouble) {
        String message = String.valueOf(trouble.getMessage());
        // The JDK's words: EAGAIN and ENOMEM of fork, and of what it starts in between.
        return trouble instanceof IOException
                ? message.contains("error=11,") || message.contains("error=12,") || message.contains("error: 11")
                : trouble instanceof OutOfMemoryError && message.contains("native thread");
    }

    /**
     * Starts something, again and again while there is no room for it.
     *
     * @param what begins the notice: {@code the background driver cannot be started}
     * @throws IOException when it cannot be started for another reason, or there was no room for too long
     */
    public static <T> T patiently(App app, String what, Start<T> start) throws IOException {
        boolean told = false;
        Duration until = app.wiring().moment().monotonic().plus(PATIENCE);
        while (true) {
            try {
                return start.start();
            } catch (IOException | OutOfMemoryError e) {
                if (!isOf(e) || app.wiring().moment().monotonic().compareTo(until) >= 0) {
                    throw e instanceof IOException trouble ? trouble : new IOException(words(e), e);
                }
                if (!told) {
                    app.console().notice("settle: " + what + ": " + words(e) + "; trying again");
                    told = true;
                }
            }
            try {
                app.wiring().pause().of(TRY_EVERY);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for room for a process", e);
            }
        }
    }

    /** A shortage in the user's words. */
    public static String words(Throwable trouble) {
        return "no more processes or threads may be started (" + trouble.getMessage() + "); see ulimit -u";
    }
}
