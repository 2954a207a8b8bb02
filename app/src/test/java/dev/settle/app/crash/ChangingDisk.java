package dev.settle.app.crash;

import dev.settle.core.file.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** A disk whose every change goes through one place; looking at files changes nothing. */
abstract class ChangingDisk implements Disk {
    private final Disk disk;

    ChangingDisk(Disk disk) {
        this.disk = disk;
    }

    /** A change of a file or a folder. */
    interface Change {
        void make() throws IOException;
    }

    /**
     * Makes a change, or does not.
     *
     * @param half what is left of it when it is broken off
     */
    abstract void change(Change change, Change half) throws IOException;

    private void change(Change change) throws IOException {
        change(change, () -> {});
    }

    @Override
    public final OpenFile read(Path path) throws IOException {
        return disk.read(path);
    }

    @Override
    public final OpenFile write(Path path) throws IOException {
        return new ChangingFile(disk.write(path));
    }

    @Override
    public final OpenFile create(Path path) throws IOException {
        OpenFile[] file = new OpenFile[1];
        change(() -> file[0] = disk.create(path));
        return new ChangingFile(file[0]);
    }

    @Override
    public final void makeFolder(Path path) throws IOException {
        change(() -> disk.makeFolder(path));
    }

    @Override
    public final boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public void delete(Path path) throws IOException {
        change(() -> disk.delete(path));
    }

    @Override
    public final void move(Path from, Path to) throws IOException {
        change(() -> disk.move(from, to));
    }

    @Override
    public final void forceFolder(Path folder) throws IOException {
        change(() -> disk.forceFolder(folder));
    }

    private final class ChangingFile implements OpenFile {
        private final OpenFile file;

        ChangingFile(OpenFile file) {
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
            change(
                    () -> file.write(bytes, position),
                    () -> file.write(Arrays.copyOf(bytes, bytes.length / 2), position));
        }

        @Override
        public void truncate(long size) throws IOException {
            change(() -> file.truncate(size));
        }

        @Override
        public void force() throws IOException {
            change(file::force);
        }

        /** The system closes the files of the dead as well. */
        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
