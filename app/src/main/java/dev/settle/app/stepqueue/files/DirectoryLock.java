package dev.settle.app.stepqueue.files;

import dev.settle.core.file.AtomicFile;
import dev.settle.core.file.OwnFiles;
import dev.settle.core.file.ProcessLock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One runner of a step queue per directory: a lock in settle's own folder, named by the directory's real path, so that
 * nothing is left in the user's tree. Beside it a file says who holds it: the file with the lock is opened by nobody else.
 */
public final class DirectoryLock {
    private DirectoryLock() {}

    /** The lock, or how its holder names itself. */
    public record Taken(Optional<ProcessLock> lock, String holder) {}

    /**
     * Takes the lock, without waiting.
     *
     * @param stateRoot settle's folder
     * @param holder who we are, for the one who finds the lock taken
     * @throws IOException when the lock cannot be taken for another reason than that it is held
     */
    public static Taken take(Path stateRoot, Path directory, String holder) throws IOException {
        Path folder = stateRoot.resolve("queues");
        OwnFiles.makeFolder(folder);
        String name = Fingerprint.of(directory.toRealPath().toString().getBytes(StandardCharsets.UTF_8));
        Path holders = folder.resolve(name + ".holder");
        ProcessLock lock = ProcessLock.attempt(folder.resolve(name + ".lock"));
        return switch (lock.state()) {
            case BUSY -> new Taken(Optional.empty(), holder(holders));
            case UNUSABLE -> throw new IOException("the file system of " + folder + " has no locks");
            case LOCKED -> {
                AtomicFile.write(holders, holder, AtomicFile.Durability.MAY_BE_LOST);
                yield new Taken(Optional.of(lock), holder);
            }
        };
    }

    private static String holder(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "another process";
        }
    }
}
