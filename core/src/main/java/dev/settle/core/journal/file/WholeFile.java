package dev.settle.core.journal.file;

import dev.settle.core.file.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Small files that are there as a whole or not at all, for their owner alone (mode 0600). */
public final class WholeFile {
    private WholeFile() {}

    /**
     * Writes a file in place of one that may be there, and forces it. A run's checksums follow it.
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
        replace(disk, path, bytes);
    }

    public static void replace(Disk disk, Path path, byte[] bytes) throws IOException {
        Path draft = path.resolveSibling(path.getFileName() + ".new");
        disk.delete(draft);
        try (Disk.OpenFile file = disk.create(draft)) {
            file.write(bytes, 0);
            file.force();
        } catch (IOException e) {
            disk.delete(draft);
            throw e;
        }
        disk.move(draft, path);
    }
}
