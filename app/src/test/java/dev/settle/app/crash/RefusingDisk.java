package dev.settle.app.crash;

import dev.settle.core.journal.file.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A disk that refuses every change for as long as somebody says why. */
class RefusingDisk implements Disk {
    private final Disk disk;
    private final AtomicReference<Optional<String>> why;

    RefusingDisk(Disk disk, AtomicReference<Optional<String>> why) {
        this.disk = disk;
        this.why = why;
    }

    private void refuse() throws IOException {
        Optional<String> words = why.get();
        if (words.isPresent()) {
            throw new IOException(words.get());
        }
    }

    @Override
    public OpenFile read(Path path) throws IOException {
        return disk.read(path);
    }

    @Override
    public OpenFile write(Path path) throws IOException {
        refuse();
        return new Refusing(disk.write(path));
    }

    @Override
    public OpenFile create(Path path) throws IOException {
        refuse();
        return new Refusing(disk.create(path));
    }

    @Override
    public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public void delete(Path path) throws IOException {
        refuse();
        disk.delete(path);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        refuse();
        disk.move(from, to);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        refuse();
        disk.forceFolder(folder);
    }

    private final class Refusing implements OpenFile {
        private final OpenFile file;

        Refusing(OpenFile file) {
            this.file = file;
        }

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
            refuse();
            file.write(bytes, position);
        }

        @Override
        public void truncate(long size) throws IOException {
            refuse();
            file.truncate(size);
        }

        @Override
        public void force() throws IOException {
            refuse();
            file.force();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
