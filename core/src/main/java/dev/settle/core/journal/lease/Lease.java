package dev.settle.core.journal.lease;

import dev.settle.core.file.Disk;
import dev.settle.core.file.ProcessLock;
import dev.settle.core.journal.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The right to drive a run, for as long as it is renewed and nobody has taken it.
 *
 * <p>Renewed on one thread while another writes.
 */
public final class Lease implements Fence {
    private final LeaseText text;
    private final byte[] bytes;
    private final ProcessLock lock;
    private final Disk.OpenFile file;
    private final LeaseAnswer.Succession succession;
    private Path path;
    private boolean released;

    Lease(LeaseText text, LeaseAnswer.Succession succession, Path path, Disk.OpenFile file, ProcessLock lock) {
        this.succession = succession;
        this.text = text;
        this.bytes = text.bytes();
        this.path = path;
        this.file = file;
        this.lock = lock;
    }

    /** Larger than that of any driver before. */
    public long fence() {
        return text.fence();
    }

    public DriverId driver() {
        return text.driver();
    }

    /** How sure it is that the driver before writes no more. */
    public LeaseAnswer.Succession succession() {
        return succession;
    }

    /** Tells the lease that its run's folder has another name now. */
    public synchronized void movedTo(RunFolder folder) {
        path = folder.lease();
    }

    /**
     * Reads the lease anew. Opening is what makes NFS show another machine's writes, so this is no mere stat.
     *
     * @throws IOException when it cannot be read
     */
    @Override
    public synchronized boolean isHeld() throws IOException {
        return !released && Arrays.equals(Files.readAllBytes(path), bytes);
    }

    /**
     * Gives a character of life. The file server's clock takes the time: the bytes are those that are there.
     *
     * @return false when the run is no longer ours
     */
    public synchronized boolean renew() throws IOException {
        if (!isHeld()) {
            return false;
        }
        // Not the byte that says whether it is held: a successor may be clearing that one at this moment.
        int last = bytes.length - 1;
        file.write(Arrays.copyOfRange(bytes, last, last + 1), last);
        file.force();
        return true;
    }

    /** Gives the run up, so that anybody may take it at once. */
    public synchronized void release() throws IOException {
        if (released) {
            return;
        }
        released = true;
        try {
            // Through the open file: if somebody has taken the run, this reaches only the old lease.
            file.write(new byte[] {LeaseText.NOT_HELD}, LeaseText.HELD_AT);
            file.force();
        } finally {
            try {
                file.close();
            } finally {
                lock.close();
            }
        }
    }
}
