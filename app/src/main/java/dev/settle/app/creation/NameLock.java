package dev.settle.app.creation;

import dev.settle.core.file.ProcessLock;
import dev.settle.core.journal.file.StateHome;
import dev.settle.core.scheduler.Pause;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Held while a run of a name is created that must be alone: whoever holds it decides. */
final class NameLock {
    /** Creating a run takes a few milliseconds; ten seconds are for a slow file server. */
    private static final int TRIES_MAX = 200;

    private static final Duration TRY_EVERY = Duration.ofMillis(50);

    private NameLock() {}

    /**
     * Takes the lock; closing gives it back.
     *
     * @throws IOException when it cannot be had in ten seconds
     */
    static ProcessLock take(StateHome home, Pause pause) throws IOException, InterruptedException {
        home.create();
        Path file = home.root().resolve("exclusive.lock");
        for (int i = 0; i < TRIES_MAX; i++) {
            ProcessLock lock = ProcessLock.attempt(file);
            switch (lock.state()) {
                case LOCKED -> {
                    return lock;
                }
                case UNUSABLE -> throw new IOException("the file system has no locks for " + file);
                case BUSY -> pause.of(TRY_EVERY);
            }
        }
        throw new IOException("another process holds " + file);
    }
}
