package dev.settle.app.command;

import dev.settle.core.file.OwnFiles;
import dev.settle.core.journal.file.StateHome;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** Held while a run of a name is created that must be alone: whoever holds it decides. */
final class NameLock {
    /** Creating a run takes a few milliseconds; ten seconds are for a slow file server. */
    private static final int TRIES_MAX = 200;

    private static final long TRY_EVERY_MILLIS = 50;

    private NameLock() {}

    /**
     * Takes the lock; closing gives it back.
     *
     * @throws IOException when it cannot be had in ten seconds
     */
    static FileChannel take(StateHome home) throws IOException, InterruptedException {
        home.create();
        Path file = home.root().resolve("exclusive.lock");
        FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OwnFiles.FILE);
        try {
            for (int i = 0; i < TRIES_MAX; i++) {
                if (channel.tryLock() != null) {
                    return channel;
                }
                Thread.sleep(TRY_EVERY_MILLIS);
            }
            throw new IOException("somebody holds " + file);
        } catch (IOException | InterruptedException e) {
            channel.close();
            throw e;
        }
    }
}
