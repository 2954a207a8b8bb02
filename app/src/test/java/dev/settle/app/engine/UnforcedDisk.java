package dev.settle.app.engine;

import dev.settle.core.file.Disk;
import java.io.IOException;
import java.nio.file.Path;

/** A disk whose files are never forced. */
record UnforcedDisk(Disk disk) implements Disk {
    private record Unforced(OpenFile file) implements OpenFile {
        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public int read(byte[] into, long position) throws IOException {
            return file.read(into, position);
        }

        @Override
        public void write(byte[] bytes, long position) throws IOException {
            file.write(bytes, position);
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void force() {}

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    @Override
    public OpenFile read(Path path) throws IOException {
        return disk.read(path);
    }

    @Override
    public OpenFile write(Path path) throws IOException {
        return new Unforced(disk.write(path));
    }

    @Override
    public OpenFile create(Path path) throws IOException {
        return new Unforced(disk.create(path));
    }

    @Override
    public void makeFolder(Path path) throws IOException {
        disk.makeFolder(path);
    }

    @Override
    public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.delete(path);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        disk.move(from, to);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        disk.forceFolder(folder);
    }
}
