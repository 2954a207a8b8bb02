package dev.settle.app.session;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Short looks at files every now and then, of all runs that this process drives, on one thread. */
final class Ticker {
    private static final ScheduledExecutorService THREAD = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "settle-ticker");
        thread.setDaemon(true);
        return thread;
    });

    private Ticker() {}

    /**
     * Looks again and again, each time so long after the last look.
     *
     * @param look must not throw, and be short: the others wait for it
     */
    static ScheduledFuture<?> every(long pauseMillis, Runnable look) {
        return THREAD.scheduleWithFixedDelay(look, pauseMillis, pauseMillis, TimeUnit.MILLISECONDS);
    }
}
