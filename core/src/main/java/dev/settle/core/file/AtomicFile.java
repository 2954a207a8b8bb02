package dev.settle.core.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Files that are there as a whole or not at all, for their owner alone (mode 0600): written aside and renamed. What
 * another user may have put in the draft's place is neither followed nor kept.
 */
public final class AtomicFile {
    private static final Disk LOCAL = new LocalDisk();

    /** Of two processes that write one file at the same time each has a draft of its own. */
    private static final String DRAFT = "." + ProcessHandle.current().pid() + ".new";

    private AtomicFile() {}

    /** What a loss of power may take. */
    public enum Durability {
        /** The whole file, as of a cache or a count. */
        MAY_BE_LOST,
        /** Nothing once the write has returned, but perhaps the new name: then the file before it is there. */
        CONTENT,
        /** Nothing. */
        CONTENT_AND_NAME
    }

    /**
     * Writes a file in place of one that may be there.
     *
     * @throws IOException when the disk refuses; what was there stays
     */
    public static void write(Disk disk, Path file, byte[] bytes, Durability durability) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + DRAFT);
        disk.delete(draft);
        try (Disk.OpenFile open = disk.create(draft)) {
            open.write(bytes, 0);
            if (durability != Durability.MAY_BE_LOST) {
                open.force();
            }
        } catch (IOException e) {
            // On a full disk its space is needed for better things.
            disk.delete(draft);
            throw e;
        }
        disk.move(draft, file);
        if (durability == Durability.CONTENT_AND_NAME) {
            disk.forceFolder(file.toAbsolutePath().resolveSibling(""));
        }
    }

    /** The same on this machine's disk. */
    public static void write(Path file, byte[] bytes, Durability durability) throws IOException {
        write(LOCAL, file, bytes, durability);
    }

    /** The same for a text, as UTF-8. */
    public static void write(Path file, String text, Durability durability) throws IOException {
        write(LOCAL, file, text.getBytes(StandardCharsets.UTF_8), durability);
    }
}
