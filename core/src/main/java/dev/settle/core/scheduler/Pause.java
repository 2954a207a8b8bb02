package dev.settle.core.scheduler;

import java.time.Duration;

/** Lets time pass; a test's does it in no time. */
@FunctionalInterface
public interface Pause {
    /** @param time nothing happens when it is not positive */
    void of(Duration time) throws InterruptedException;
}
