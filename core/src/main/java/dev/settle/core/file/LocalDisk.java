package dev.settle.core.file;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** The disk of this machine, or what it has mounted. */
public final class LocalDisk implements Disk {
    @Override
    public OpenFile read(Path path) throws IOException {
        return new RandomFile(path, "r");
    }

    @Override
    public OpenFile write(Path path) throws IOException {
        return new RandomFile(path, "rw");
    }

    @Override
    public OpenFile create(Path path) throws IOException {
        Files.createFile(path, OwnFiles.FILE);
        return new RandomFile(path, "rw");
    }

    @Override
    public void makeFolder(Path path) throws IOException {
        Files.createDirectory(path, OwnFiles.FOLDER);
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Some file systems (FUSE, CIFS) have no fsync for folders and say EINVAL; there the server keeps names.
            if (!String.valueOf(e.getMessage()).contains("Invalid argument")) {
                throw e;
            }
        }
    }

    /** Not a FileChannel: that one is closed for good when its thread is interrupted, and the journal must not be. */
    private static final class RandomFile implements OpenFile {
        private final RandomAccessFile file;

        RandomFile(Path path, String mode) throws IOException {
            // RandomAccessFile would make the file, with the mode of the umask; and a pipe would be waited for.
            if (!Files.readAttributes(path, BasicFileAttributes.class).isRegularFile()) {
                throw new FileSystemException(path.toString(), null, "it is not a regular file");
            }
            file = new RandomAccessFile(path.toFile(), mode);
        }

        @Override
        public long size() throws IOException {
            return file.length();
        }

        @Override
        public int read(byte[] into, long position) throws IOException {
            file.seek(position);
            int total = 0;
            while (total < into.length) {
                int count = file.read(into, total, into.length - total);
                if (count < 0) {
                    break;
                }
                total += count;
            }
            return total;
        }

        @Override
        public void write(byte[] bytes, long position) throws IOException {
            file.seek(position);
            file.write(bytes);
        }

        @Override
        public void truncate(long size) throws IOException {
            file.setLength(size);
        }

        @Override
        public void force() throws IOException {
            file.getFD().sync();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
