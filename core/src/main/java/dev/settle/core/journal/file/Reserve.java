package dev.settle.core.journal.file;

import dev.settle.core.file.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/** Space on the disk that is given back when the disk is full, so that a run's end can be recorded. */
public final class Reserve {
    /** Room for the last records: an end with its evidence takes about 1 KB, and blocks are up to 32 KB. */
    public static final int BYTES = 64 << 10;

    private final Disk disk;
    private final Path file;

    public Reserve(Disk disk, Path file) {
        this.disk = disk;
        this.file = file;
    }

    /**
     * Makes the file unless it is there.
     *
     * @throws IOException when there is no room for it; nothing is left behind then
     */
    public void keep() throws IOException {
        if (isKept()) {
            return;
        }
        disk.delete(file);
        // Really written, and with noise: file systems that compress or leave holes would not keep room for zeros.
        byte[] noise = new byte[BYTES];
        new Random(BYTES).nextBytes(noise);
        try (Disk.OpenFile open = disk.create(file)) {
            open.write(noise, 0);
            open.force();
        } catch (IOException e) {
            disk.delete(file);
            throw e;
        }
    }

    /** Makes the file if there is room; without it a run goes on, and only its end could not be recorded. */
    public void keepIfPossible() {
        try {
            keep();
        } catch (IOException e) {
            // Told by whoever asks isKept(); the journal itself will say soon enough that the disk is full.
        }
    }

    public boolean isKept() throws IOException {
        if (!disk.exists(file)) {
            return false;
        }
        try (Disk.OpenFile open = disk.read(file)) {
            return open.size() == BYTES;
        }
    }

    /** Gives the space back. */
    public void release() throws IOException {
        disk.delete(file);
    }
}
