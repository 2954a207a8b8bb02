package dev.settle.app.process;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What is done every now and then for all runs that this process drives, on one thread for each kind: a thread of its own
 * for each run takes 100 KB.
 */
public final class Ticker {
    /** Short looks at files that others write for us. */
    public static final Ticker LOOKS = new Ticker("settle-looks");

    /** Looks at folders of exit records, and reading what is new there. */
    public static final Ticker RECORDS = new Ticker("settle-records");

    /** Signs of life: no look must keep them waiting. */
    public static final Ticker LEASES = new Ticker("settle-leases");

    private final ScheduledExecutorService thread;

    private Ticker(String name) {
        // The thread itself begins with the first task.
        thread = Executors.newSingleThreadScheduledExecutor(task -> Threads.daemon(name, task));
    }

    /**
     * Does it now and again and again, each time so long after the last. A defect in it is told once and ends nothing: a
     * lease that is renewed no longer would be taken from us.
     *
     * @param work short: the others wait for it
     */
    public ScheduledFuture<?> nowAndEvery(Duration pause, Runnable work) {
        return every(Duration.ZERO, pause, work);
    }

    /** The same, for the first time when so long has passed. */
    public ScheduledFuture<?> every(Duration pause, Runnable work) {
        return every(pause, pause, work);
    }

    private ScheduledFuture<?> every(Duration first, Duration pause, Runnable work) {
        AtomicBoolean told = new AtomicBoolean();
        return thread.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException | Error e) {
                        if (!told.getAndSet(true)) {
                            Threads.tell(e);
                        }
                    }
                },
                first.toMillis(),
                pause.toMillis(),
                TimeUnit.MILLISECONDS);
    }
}
