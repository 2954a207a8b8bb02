package dev.settle.core.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The system's lock on a file, where it has locks: held by one process at a time, and by one owner within it, until it is
 * closed or the process ends, however it ends.
 *
 * <p>It lies on a file of its own that nothing else opens: POSIX drops a process's lock on a file as soon as the process
 * closes any descriptor of that file (fcntl(2)).
 */
public final class ProcessLock implements AutoCloseable {
    /** What an attempt to lock showed. */
    public enum State {
        /** Ours now. */
        LOCKED,
        /** Somebody has it. */
        BUSY,
        /** The file system has no locks. */
        UNUSABLE
    }

    /** The files that this process has locked; opening one of them again, and closing it, would unlock it. */
    private static final Set<Object> OURS = new HashSet<>();

    private final State state;
    private final Optional<FileChannel> channel;
    private final Optional<Object> key;

    private ProcessLock(State state, Optional<FileChannel> channel, Optional<Object> key) {
        this.state = state;
        this.channel = channel;
        this.key = key;
    }

    /** A lock that keeps nobody out, or none, for file systems like that. */
    public static ProcessLock nominal(State state) {
        return new ProcessLock(state, Optional.empty(), Optional.empty());
    }

    /**
     * Tries to lock, without waiting.
     *
     * @throws IOException when the file cannot be made or opened
     */
    public static ProcessLock attempt(Path path) throws IOException {
        synchronized (OURS) {
            if (key(path).filter(OURS::contains).isPresent()) {
                return nominal(State.BUSY);
            }
            FileChannel channel = OwnFiles.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            State state = lock(channel);
            Optional<Object> key = key(path);
            if (state != State.LOCKED) {
                channel.close();
                return nominal(state);
            }
            key.ifPresent(OURS::add);
            return new ProcessLock(state, Optional.of(channel), key);
        }
    }

    private static State lock(FileChannel channel) {
        try {
            FileLock lock = channel.tryLock();
            return lock == null ? State.BUSY : State.LOCKED;
        } catch (OverlappingFileLockException e) {
            return State.BUSY;
        } catch (IOException e) {
            // ENOLCK, ENOSYS, EOPNOTSUPP: Lustre without flock, NFS without lockd.
            return State.UNUSABLE;
        }
    }

    public State state() {
        return state;
    }

    @Override
    public void close() throws IOException {
        synchronized (OURS) {
            key.ifPresent(OURS::remove);
            if (channel.isPresent()) {
                channel.get().close();
            }
        }
    }

    /**
     * Whether a process holds the lock now. Several may look at once.
     *
     * @throws IOException when the file cannot be opened, or the file system has no locks
     */
    public static boolean isHeld(Path path) throws IOException {
        synchronized (OURS) {
            Optional<Object> key = key(path);
            if (key.isEmpty() || OURS.contains(key.get())) {
                return key.isPresent();
            }
            try (FileChannel channel = OwnFiles.open(path, StandardOpenOption.READ);
                    FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
                return lock == null;
            }
        }
    }

    /** What tells the file from all others, whatever it is called. */
    private static Optional<Object> key(Path path) throws IOException {
        try {
            return Optional.ofNullable(
                    Files.readAttributes(path, BasicFileAttributes.class).fileKey());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
