package dev.settle.core.journal.file;

import dev.settle.core.file.AtomicFile;
import dev.settle.core.file.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Files of a run that are there as a whole or not at all, and whose content the run's checksums expect. */
public final class WholeFile {
    private WholeFile() {}

    /**
     * Writes a file in place of one that may be there, and forces it.
     *
     * @throws IOException when the disk refuses; what was there stays
     */
    public static void write(Disk disk, Path path, String text) throws IOException {
        write(disk, path, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Writes bytes likewise.
     *
     * @throws IOException when the disk refuses; what was there stays
     */
    public static void write(Disk disk, Path path, byte[] bytes) throws IOException {
        Checksums.expect(disk, path, bytes);
        AtomicFile.write(disk, path, bytes, AtomicFile.Durability.CONTENT);
    }
}
