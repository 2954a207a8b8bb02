package dev.settle.core.journal.file;

import dev.settle.core.file.Disk;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * A disk in memory that tears writes, loses what was not forced, fills up and fails, all from one seed.
 *
 * <p>Names are durable at once; bytes and sizes are once they were forced.
 */
public final class FaultyDisk implements Disk {
    static final int PAGE_BYTES = 64;

    /** What may go wrong with a call. */
    public enum Fault {
        NONE,
        /** The write stops half way: EIO. */
        WRITE,
        /** The bytes were taken, and forcing them fails: EIO. */
        FORCE,
        /** Cutting a file fails: EIO. */
        TRUNCATE
    }

    private static final class Content {
        byte[] cached = new byte[0];
        byte[] durable = new byte[0];
    }

    private final Map<Path, Content> files = new HashMap<>();
    private final Random random;
    private long capacityBytes = Long.MAX_VALUE;
    private Fault next = Fault.NONE;
    private boolean stays;
    private int calls;
    private int crashAt = Integer.MAX_VALUE;

    /** The machine stopped: nothing after it happens. */
    public static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    public FaultyDisk(long seed) {
        random = new Random(seed);
    }

    /** The next call of that sort fails, once. */
    public void failNext(Fault fault) {
        next = fault;
        stays = false;
    }

    /** Every call of that sort fails. */
    public void failAll(Fault fault) {
        next = fault;
        stays = true;
    }

    public void capacity(long bytes) {
        capacityBytes = bytes;
    }

    long used() {
        return files.values().stream()
                .mapToLong(content -> content.cached.length)
                .sum();
    }

    /** The machine stops at the given call, counted from now. */
    public void crashAt(int call) {
        calls = 0;
        crashAt = call;
    }

    int calls() {
        return calls;
    }

    /** The disk after a loss of power: each page that was not forced is there, or old, or zero. */
    public FaultyDisk afterCrash() {
        FaultyDisk later = new FaultyDisk(random.nextLong());
        files.forEach((path, content) -> {
            Content kept = new Content();
            int small = Math.min(content.cached.length, content.durable.length);
            int large = Math.max(content.cached.length, content.durable.length);
            kept.durable = new byte[small + (large > small ? random.nextInt(large - small + 1) : 0)];
            for (int page = 0; page < kept.durable.length; page += PAGE_BYTES) {
                boolean written = random.nextBoolean();
                for (int at = page; at < Math.min(page + PAGE_BYTES, kept.durable.length); at++) {
                    byte[] from = written ? content.cached : content.durable;
                    kept.durable[at] = at < from.length ? from[at] : 0;
                }
            }
            kept.cached = kept.durable.clone();
            later.files.put(path, kept);
        });
        return later;
    }

    /** The disk after a driver was killed: what it wrote is there, forced or not. */
    public FaultyDisk afterKill() {
        FaultyDisk later = new FaultyDisk(random.nextLong());
        files.forEach((path, content) -> {
            Content kept = new Content();
            kept.cached = content.cached.clone();
            kept.durable = content.durable.clone();
            later.files.put(path, kept);
        });
        return later;
    }

    /** Whether all that was written to a file would survive a loss of power. */
    public boolean isForced(Path path) {
        return Arrays.equals(content(path).cached, content(path).durable);
    }

    byte[] durable(Path path) {
        return content(path).durable.clone();
    }

    public void put(Path path, byte[] bytes) {
        Content content = new Content();
        content.cached = bytes.clone();
        content.durable = bytes.clone();
        files.put(path, content);
    }

    @Override
    public OpenFile read(Path path) throws IOException {
        return write(path);
    }

    @Override
    public OpenFile write(Path path) throws IOException {
        if (!files.containsKey(path)) {
            throw new NoSuchFileException(path.toString());
        }
        return new Open(files.get(path));
    }

    @Override
    public OpenFile create(Path path) throws IOException {
        step();
        if (files.containsKey(path)) {
            throw new FileAlreadyExistsException(path.toString());
        }
        files.put(path, new Content());
        return write(path);
    }

    /** Folders are real: those who look for runs look into them. */
    @Override
    public void makeFolder(Path path) throws IOException {
        step();
        Files.createDirectory(path);
    }

    @Override
    public void delete(Path path) throws IOException {
        step();
        if (files.remove(path) == null) {
            Files.deleteIfExists(path);
        }
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        step();
        Content content = files.remove(from);
        if (content == null) {
            throw new NoSuchFileException(from.toString());
        }
        files.put(to, content);
    }

    @Override
    public boolean exists(Path path) {
        return files.containsKey(path);
    }

    @Override
    public void forceFolder(Path folder) {
        step();
    }

    private Content content(Path path) {
        Content content = files.get(path);
        if (content == null) {
            throw new IllegalArgumentException("no file " + path);
        }
        return content;
    }

    private void step() {
        calls++;
        if (calls >= crashAt) {
            throw new Crash();
        }
    }

    private void fault(Fault fault) throws IOException {
        if (next == fault) {
            next = stays ? next : Fault.NONE;
            throw new IOException("Input/output error");
        }
    }

    private final class Open implements OpenFile {
        private final Content content;

        Open(Content content) {
            this.content = content;
        }

        @Override
        public long size() {
            return content.cached.length;
        }

        @Override
        public int read(byte[] into, long position) {
            int count = (int) Math.max(0, Math.min(into.length, content.cached.length - position));
            System.arraycopy(content.cached, (int) Math.min(position, content.cached.length), into, 0, count);
            return count;
        }

        @Override
        public void write(byte[] bytes, long position) throws IOException {
            calls++;
            if (calls >= crashAt) {
                keep(bytes, position, random.nextInt(bytes.length + 1));
                throw new Crash();
            }
            if (next == Fault.WRITE) {
                keep(bytes, position, random.nextInt(bytes.length));
            }
            fault(Fault.WRITE);
            long room = capacityBytes - used() + content.cached.length - position;
            if (bytes.length > room) {
                keep(bytes, position, (int) Math.max(0, room));
                throw new IOException("No space left on device");
            }
            keep(bytes, position, bytes.length);
        }

        private void keep(byte[] bytes, long position, int count) {
            if (position + count > content.cached.length) {
                content.cached = Arrays.copyOf(content.cached, (int) position + count);
            }
            System.arraycopy(bytes, 0, content.cached, (int) position, count);
        }

        @Override
        public void truncate(long size) throws IOException {
            step();
            fault(Fault.TRUNCATE);
            content.cached = Arrays.copyOf(content.cached, (int) Math.min(size, content.cached.length));
        }

        @Override
        public void force() throws IOException {
            step();
            fault(Fault.FORCE);
            content.durable = content.cached.clone();
        }

        @Override
        public void close() {}
    }
}
