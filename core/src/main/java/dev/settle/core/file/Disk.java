package dev.settle.core.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The few things that a run's files ask of a disk: the border at which tests put a disk that tears, loses or fills.
 *
 * <p>Every call throws {@link IOException} when the disk refuses; {@link StorageTrouble} says what that means.
 */
public interface Disk {
    /** Opens a file that exists, to read it. */
    OpenFile read(Path path) throws IOException;

    /** Opens a file that exists, to read and write it. */
    OpenFile write(Path path) throws IOException;

    /** Makes a file that must not exist yet, for its owner alone (mode 0600), to write it. */
    OpenFile create(Path path) throws IOException;

    /** Makes a folder that must not exist yet, for its owner alone (mode 0700); its parent exists. */
    void makeFolder(Path path) throws IOException;

    boolean exists(Path path);

    /** Deletes a file, if it exists. */
    void delete(Path path) throws IOException;

    /** Gives a file or folder another name in one step, taking the place of a file that has that name. */
    void move(Path from, Path to) throws IOException;

    /** Forces what names a folder has. */
    void forceFolder(Path folder) throws IOException;

    /** A file that is open; positions and sizes are in bytes. */
    interface OpenFile extends Closeable {
        long size() throws IOException;

        /** Reads up to {@code into.length} bytes; fewer than asked for only at the end of the file, where it is 0. */
        int read(byte[] into, long position) throws IOException;

        /** Writes all the bytes; after an exception any part of them may have been written. */
        void write(byte[] bytes, long position) throws IOException;

        void truncate(long size) throws IOException;

        /** Returns once everything that was written would survive a loss of power. */
        void force() throws IOException;
    }
}
