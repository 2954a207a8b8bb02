package dev.settle.app.crash;

import dev.settle.core.journal.file.Disk;
import dev.settle.core.journal.file.LocalDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** The disk of this machine for a driver that may die at each change of a file; looking at files changes nothing. */
final class DoomedDisk implements Disk {
    private final Disk disk = new LocalDisk();
    private final Doom doom;

    DoomedDisk(Doom doom) {
        this.doom = doom;
    }

    @Override
    public OpenFile read(Path path) throws IOException {
        return disk.read(path);
    }

    @Override
    public OpenFile write(Path path) throws IOException {
        return new Doomed(disk.write(path));
    }

    @Override
    public OpenFile create(Path path) throws IOException {
        return new Doomed(doom.act(() -> disk.create(path), () -> ""));
    }

    @Override
    public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public void delete(Path path) throws IOException {
        change(() -> disk.delete(path));
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        change(() -> disk.move(from, to));
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        change(() -> disk.forceFolder(folder));
    }

    private interface Change {
        void make() throws IOException;
    }

    private void change(Change change) throws IOException {
        doom.<String, IOException>act(
                () -> {
                    change.make();
                    return "";
                },
                () -> "");
    }

    private final class Doomed implements OpenFile {
        private final OpenFile file;

        Doomed(OpenFile file) {
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
            doom.<String, IOException>act(
                    () -> {
                        file.write(bytes, position);
                        return "";
                    },
                    () -> {
                        file.write(Arrays.copyOf(bytes, bytes.length / 2), position);
                        return "";
                    });
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
