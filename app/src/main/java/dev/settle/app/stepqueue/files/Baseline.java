package dev.settle.app.stepqueue.files;

import dev.settle.app.stepqueue.client.QueueJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the user's files were before any candidate of them was seen, so that the best step is never written over a file
 * that changed meanwhile.
 */
public final class Baseline {
    /** By path; null for what was not there. */
    private static final class Prints extends LinkedHashMap<String, @Nullable String> {
        private static final long serialVersionUID = 1L;
    }

    private final Path file;
    private final ScratchCopy directory;
    private final Path workingDir;

    /**
     * @param file where it is kept
     * @param workingDir the user's directory
     */
    public Baseline(Path file, ScratchCopy directory, Path workingDir) {
        this.file = file;
        this.directory = directory;
        this.workingDir = workingDir;
    }

    /** Remembers the files of these paths that are not remembered yet. Paths outside the directory are left out. */
    public synchronized void remember(Collection<String> paths) throws IOException {
        Prints known = known();
        boolean more = false;
        for (String path : paths) {
            Optional<Path> relative = relative(path);
            if (relative.isPresent() && !known.containsKey(relative.get().toString())) {
                known.put(relative.get().toString(), print(relative.get()).orElse(null));
                more = true;
            }
        }
        if (more) {
            SafeFile.write(file, QueueJson.write(known));
        }
    }

    /** Whether the file of this path is as it was when it was remembered; one that never was, is not. */
    synchronized boolean isUnchanged(Path relative) throws IOException {
        Prints known = known();
        String name = relative.toString();
        return known.containsKey(name) && Optional.ofNullable(known.get(name)).equals(print(relative));
    }

    private Prints known() throws IOException {
        return Files.exists(file) ? QueueJson.read(Files.readString(file), Prints.class) : new Prints();
    }

    private Optional<Path> relative(String path) {
        try {
            return Optional.of(directory.relative(path));
        } catch (ScratchCopy.OutsideException e) {
            return Optional.empty();
        }
    }

    /** Absent when there is nothing; a link or a folder is something of its own. */
    private Optional<String> print(Path relative) throws IOException {
        Path at = workingDir.resolve(relative);
        if (!Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        return Optional.of(Files.isRegularFile(at) ? Fingerprint.of(Files.readAllBytes(at)) : "not a file");
    }
}
