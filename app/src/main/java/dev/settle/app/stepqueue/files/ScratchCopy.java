package dev.settle.app.stepqueue.files;

import dev.settle.app.stepqueue.client.ErrorBody;
import dev.settle.core.file.OwnFiles;
import dev.settle.core.file.StorageTrouble;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Copies of the user's working directory that steps run in, so that no candidate is ever written into the user's tree.
 *
 * <p>Links inside the tree stay links inside the copy; links out of it lead where they led. Sockets, pipes and devices
 * are left out. Modes and times are kept: builds compare them.
 */
public final class ScratchCopy {
    /** NAME_MAX of Linux's file systems. */
    private static final int NAME_BYTES_MAX = 255;

    /** Less than PATH_MAX, since the copy lies below another folder. */
    private static final int PATH_MAX = 1_024;

    /** A tree beyond these bounds is not meant to be copied for each step; the run file can name a smaller one. */
    static final int FILES_MAX = 200_000;

    static final long BYTES_MAX = 20L << 30;
    private static final Set<LinkOption> NO_FOLLOW = EnumSet.of(LinkOption.NOFOLLOW_LINKS);

    private final Path source;
    private final Set<Path> leftOut;

    /**
     * @param source the user's working directory
     * @param leftOut folders below it that are not copied: settle's own, which would hold copies of copies
     * @throws IOException when the directory cannot be resolved
     */
    public ScratchCopy(Path source, Set<Path> leftOut) throws IOException {
        this.source = source.toRealPath();
        this.leftOut = Set.copyOf(leftOut);
    }

    /** What there is to copy; empty when it is within the bounds, else why not. */
    public Optional<String> tooLarge() throws IOException {
        long[] found = new long[2];
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return leftOut.contains(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                found[0]++;
                found[1] += attributes.size();
                return found[0] > FILES_MAX || found[1] > BYTES_MAX
                        ? FileVisitResult.TERMINATE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        });
        if (found[0] > FILES_MAX) {
            return Optional.of("more than " + FILES_MAX + " files");
        }
        return found[1] > BYTES_MAX ? Optional.of("more than " + (BYTES_MAX >> 30) + " GiB") : Optional.empty();
    }

    /**
     * Makes a fresh copy and writes the candidate's files into it.
     *
     * @throws OutsideException when the candidate names a path outside the directory
     * @throws IOException when the copy cannot be made
     */
    public void make(Path scratch, Map<String, String> candidate) throws IOException, OutsideException {
        for (String path : candidate.keySet()) {
            relative(path);
        }
        remove(scratch);
        OwnFiles.makeFolder(scratch);
        copyTree(scratch);
        for (Map.Entry<String, String> file : candidate.entrySet()) {
            try {
                write(scratch, relative(file.getKey()), file.getValue());
            } catch (FileSystemException e) {
                if (StorageTrouble.of(e) != StorageTrouble.OTHER) {
                    throw e;
                }
                // A name that is too long, a file in the place of a folder: the candidate's fault, not the disk's.
                throw new OutsideException("the candidate's file " + ErrorBody.clean(file.getKey(), 200)
                        + " cannot be written: " + e.getReason());
            }
        }
    }

    /**
     * A candidate's path below the directory: relative, or absolute inside the user's own.
     *
     * @throws OutsideException when it leads out of it
     */
    Path relative(String path) throws OutsideException {
        Path given;
        try {
            given = Path.of(path);
        } catch (InvalidPathException e) {
            throw new OutsideException("the candidate names a path that is none: " + ErrorBody.clean(path, 200));
        }
        Path inside = given.isAbsolute() && given.startsWith(source) ? source.relativize(given) : given;
        Path normal = inside.normalize();
        if (normal.isAbsolute() || normal.startsWith("..") || normal.toString().isEmpty()) {
            throw new OutsideException(
                    "the candidate names a path outside the working directory: " + ErrorBody.clean(path, 200));
        }
        if (normal.toString().length() > PATH_MAX) {
            throw new OutsideException("the candidate names a path of more than " + PATH_MAX + " characters: "
                    + ErrorBody.clean(path, 200));
        }
        for (Path name : normal) {
            if (name.toString().getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
                throw new OutsideException("the candidate names a path with a name of more than " + NAME_BYTES_MAX
                        + " bytes: " + ErrorBody.clean(path, 200));
            }
        }
        return normal;
    }

    private void copyTree(Path scratch) throws IOException {
        Files.walkFileTree(source, Set.<FileVisitOption>of(), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
            private int files;
            private long bytes;

            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (leftOut.contains(folder)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Path copy = scratch.resolve(source.relativize(folder));
                if (!folder.equals(source)) {
                    Files.createDirectory(copy);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                files++;
                bytes += attributes.size();
                if (files > FILES_MAX || bytes > BYTES_MAX) {
                    throw new IOException(source + " has grown beyond what is copied for each step");
                }
                Path copy = scratch.resolve(source.relativize(file));
                if (attributes.isSymbolicLink()) {
                    link(file, copy, scratch);
                } else if (attributes.isRegularFile()) {
                    copy(file, copy);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path folder, java.io.@org.jspecify.annotations.Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                if (!folder.equals(source)) {
                    // Only now: a folder without the right to write could not have been filled.
                    Files.setPosixFilePermissions(
                            scratch.resolve(source.relativize(folder)),
                            Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS));
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void copy(Path file, Path copy) throws IOException {
        try {
            Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            // It was deleted while the tree was being copied: as if it had been gone before.
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
    }

    /** A link into the tree leads to the same place of the copy, any other one to where it led. */
    private void link(Path link, Path copy, Path scratch) throws IOException {
        Path target = Files.readSymbolicLink(link);
        Path absolute = link.resolveSibling(target).normalize();
        Path to;
        if (absolute.startsWith(source)) {
            to = target.isAbsolute() ? scratch.resolve(source.relativize(absolute)) : target;
        } else {
            to = absolute;
        }
        Files.createSymbolicLink(copy, to);
    }

    private void write(Path scratch, Path relative, String text) throws IOException, OutsideException {
        Path at = scratch;
        for (Path name : relative.getParent() == null ? Path.of("") : relative.getParent()) {
            at = at.resolve(name);
            if (!name.toString().isEmpty() && !Files.isDirectory(at, NO_FOLLOW.toArray(LinkOption[]::new))) {
                if (Files.isSymbolicLink(at) && !at.toRealPath().startsWith(scratch.toRealPath())) {
                    throw new OutsideException("the candidate's file " + relative + " lies behind a link out of the"
                            + " working directory");
                }
                if (!Files.exists(at)) {
                    Files.createDirectory(at);
                }
            }
        }
        Path file = scratch.resolve(relative);
        Optional<Set<java.nio.file.attribute.PosixFilePermission>> mode =
                Files.exists(file) ? Optional.of(Files.getPosixFilePermissions(file)) : Optional.empty();
        // A link is replaced by the candidate's file: what it leads to is the user's.
        Files.deleteIfExists(file);
        Files.writeString(file, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
        if (mode.isPresent()) {
            Files.setPosixFilePermissions(file, mode.get());
        }
    }

    /** Deletes a copy, following no link. */
    public static void remove(Path scratch) throws IOException {
        if (!Files.exists(scratch, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(scratch, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                // A step, or the tree it was made from, may have taken the right to write away.
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path folder, java.io.@org.jspecify.annotations.Nullable IOException failure) throws IOException {
                Files.deleteIfExists(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** A candidate that would reach out of the working directory; it is not evaluated. */
    public static final class OutsideException extends Exception {
        private static final long serialVersionUID = 1L;

        OutsideException(String message) {
            super(message);
        }
    }
}
