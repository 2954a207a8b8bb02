package dev.settle.core.journal.lease;

import dev.settle.core.file.OwnFiles;
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
 * The system's lock on a run, where it has locks.
 *
 * <p>It lies on a file of its own that nothing else opens: POSIX drops a process's lock on a file as soon as the process
 * closes any descriptor of that file (fcntl(2)).
 */
final class RunLock implements AutoCloseable {
    /** What an attempt to lock showed. */
    enum State {
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

    private RunLock(State state, Optional<FileChannel> channel, Optional<Object> key) {
        this.state = state;
        this.channel = channel;
        this.key = key;
    }

    /** A lock that keeps nobody out, or none, for file systems like that. */
    static RunLock nominal(State state) {
        return new RunLock(state, Optional.empty(), Optional.empty());
    }

    /**
     * Tries to lock, without waiting.
     *
     * @throws IOException when the file cannot be made or opened
     */
    static RunLock attempt(Path path) throws IOException {
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
            return new RunLock(state, Optional.of(channel), key);
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

    State state() {
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
