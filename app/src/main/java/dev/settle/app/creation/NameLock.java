package dev.settle.app.creation;

import dev.settle.core.file.OwnFiles;
import dev.settle.core.journal.file.StateHome;
import dev.settle.core.scheduler.Pause;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
    static FileChannel take(StateHome home, Pause pause) throws IOException, InterruptedException {
        home.create();
        Path file = home.root().resolve("exclusive.lock");
        FileChannel channel = OwnFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            for (int i = 0; i < TRIES_MAX; i++) {
                if (channel.tryLock() != null) {
                    return channel;
                }
                pause.of(TRY_EVERY);
            }
            throw new IOException("somebody holds " + file);
        } catch (IOException | InterruptedException e) {
            channel.close();
            throw e;
        }
    }
}
