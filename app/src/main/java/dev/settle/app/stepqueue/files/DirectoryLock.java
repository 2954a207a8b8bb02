package dev.settle.app.stepqueue.files;

import dev.settle.core.file.OwnFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * One runner of a step queue in a directory: a lock in settle's own folder, named by the directory's real path, so
 * that nothing is left in the user's tree. The system frees it when the process ends, however it ends.
 */
public final class DirectoryLock implements Closeable {
    private static final int WORDS_BYTES_MAX = 200;

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /** The lock, or how its holder names itself. */
    public record Taken(Optional<DirectoryLock> lock, String holder) {}

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
        FileChannel channel = OwnFiles.open(
                folder.resolve(name + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        boolean taken = false;
        try {
            FileLock lock = tryLock(channel);
            if (lock == null) {
                return new Taken(Optional.empty(), words(channel));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
            taken = true;
            return new Taken(Optional.of(new DirectoryLock(channel)), holder);
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    private static @org.jspecify.annotations.Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Held by this very process.
            return null;
        }
    }

    private static String words(FileChannel channel) throws IOException {
        ByteBuffer words = ByteBuffer.allocate(WORDS_BYTES_MAX);
        channel.read(words, 0);
        String text = new String(words.array(), 0, words.position(), StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? "another process" : text;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
