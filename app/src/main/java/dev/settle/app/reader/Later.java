package dev.settle.app.reader;

import dev.settle.app.process.Threads;
import dev.settle.core.scheduler.Pause;
import java.time.Duration;

/** Does something some time from now, unless the process has ended by then. */
final class Later {
    private Later() {}

    /** @param what is run in a thread of its own */
    static void run(Pause pause, Duration time, Runnable what) {
        Threads.daemon("settle-timeout", () -> {
                    try {
                        pause.of(time);
                        what.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                })
                .start();
    }
}
