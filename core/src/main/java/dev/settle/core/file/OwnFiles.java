package dev.settle.core.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;

/**
 * Makes files and folders that are their owner's alone, whatever the umask: commands, environments and output are
 * nobody else's business on a shared machine.
 */
public final class OwnFiles {
    /** Mode 0600. */
    public static final FileAttribute<Set<PosixFilePermission>> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** Mode 0700. */
    public static final FileAttribute<Set<PosixFilePermission>> FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private OwnFiles() {}

    /**
     * Makes a folder and those above it that are missing.
     *
     * @throws NotOursException when there is one that is not ours alone
     */
    public static void makeFolder(Path folder) throws IOException {
        Files.createDirectories(folder, FOLDER);
        Ownership.check(folder);
    }

    /** Opens a file, and makes it if it is to be made; never one that a link in its place leads to. */
    public static FileChannel open(Path file, OpenOption... options) throws IOException {
        Set<OpenOption> all = new HashSet<>(Set.of(options));
        all.add(LinkOption.NOFOLLOW_LINKS);
        return FileChannel.open(file, all, FILE);
    }

    /** Whether what is written has to outlive a loss of power. */
    private enum Force {
        NO,
        YES
    }

    /** Writes a file in place of one that may be there; neither whole-or-nothing nor forced. */
    public static void write(Path file, byte[] bytes) throws IOException {
        write(file, bytes, Force.NO);
    }

    /** The same for a text, as UTF-8. */
    public static void write(Path file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.UTF_8), Force.NO);
    }

    /** The same, on disk when it returns. */
    public static void writeForced(Path file, byte[] bytes) throws IOException {
        write(file, bytes, Force.YES);
    }

    private static void write(Path file, byte[] bytes, Force force) throws IOException {
        try (FileChannel channel =
                open(file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            writeAll(channel, bytes);
            if (force == Force.YES) {
                channel.force(true);
            }
        }
    }

    /** Adds a text, as UTF-8, to the end of a file, with one call of the system. */
    public static void append(Path file, String text) throws IOException {
        try (FileChannel channel = open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            writeAll(channel, text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void writeAll(FileChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
