package dev.settle.core.journal.file;

import dev.settle.core.file.Disk;
import dev.settle.core.file.NotOursException;
import dev.settle.core.file.OwnFiles;
import dev.settle.core.file.Ownership;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.RunId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds all runs of a user.
 *
 * <p>Finding a run costs one look at each run's folder at most, never the opening of a journal.
 */
public final class StateHome {
    /** The variable that names the folder. */
    public static final String VARIABLE = "SETTLE_HOME";

    /** A run whose removal has begun. */
    private static final String GONE = ".gone-";

    /** What else lies in the folder, each made by the part of settle that uses it. */
    private static final List<String> PARTS = List.of("runs", "wrapper", "questions", "background", "queues");

    private final Path root;

    /** @param root absolute */
    public StateHome(Path root) {
        if (!root.isAbsolute()) {
            throw new IllegalArgumentException("not absolute: " + root);
        }
        this.root = root;
    }

    /**
     * {@code $SETTLE_HOME}, else {@code $XDG_STATE_HOME/settle}, else {@code ~/.local/state/settle}.
     *
     * @param environment the variables as they are set
     * @param home the user's home, absolute
     * @throws IllegalArgumentException for a relative {@code SETTLE_HOME}
     */
    public static StateHome resolve(Map<String, String> environment, Path home) {
        String own = environment.getOrDefault(VARIABLE, "");
        if (!own.isEmpty()) {
            return new StateHome(Path.of(own).normalize());
        }
        String xdg = environment.getOrDefault("XDG_STATE_HOME", "");
        // The XDG specification: a path that is not absolute is to be ignored.
        if (xdg.startsWith("/")) {
            return new StateHome(Path.of(xdg, "settle"));
        }
        return new StateHome(home.resolve(".local/state/settle"));
    }

    public Path root() {
        return root;
    }

    public Path runs() {
        return root.resolve("runs");
    }

    public RunFolder folder(RunId id) {
        return new RunFolder(runs().resolve(id.value()));
    }

    /**
     * Returns where the folder and its parts are ours alone, or do not exist yet.
     *
     * @throws NotOursException when other users own one of them or may write to it, or when one is a link
     */
    public void verify() throws IOException {
        Ownership.check(root);
        for (String part : PARTS) {
            Ownership.check(root.resolve(part));
        }
    }

    /**
     * Makes the folders that are missing, for their owner alone (mode 0700).
     *
     * @throws NotDirectoryException when something else lies in the place of one
     * @throws NotOursException when one is not ours alone
     */
    public void create() throws IOException {
        // The state folder's parents belong to others (~/.local/state) and get the mode that the user's umask gives.
        Path parent = root.getParent();
        try {
            if (parent != null) {
                Files.createDirectories(parent);
            }
            if (!Files.isDirectory(root)) {
                Files.createDirectories(root, OwnFiles.FOLDER);
            }
            if (!Files.isDirectory(runs())) {
                Files.createDirectories(runs(), OwnFiles.FOLDER);
            }
        } catch (FileAlreadyExistsException e) {
            // That there is something else in its place must not read as an id that is taken.
            NotDirectoryException noFolder = new NotDirectoryException(e.getFile());
            noFolder.initCause(e);
            throw noFolder;
        }
        // Somebody else may have made one a moment before.
        Ownership.check(root);
        Ownership.check(runs());
    }

    /**
     * A run in a list.
     *
     * @param createdAt by the file server's clock
     * @param nameBytes how long its name is; -1 where that could not be found out
     */
    private record Listed(RunFolder folder, FileTime createdAt, long nameBytes) {}

    /** All runs, newest first. */
    public List<RunFolder> list() throws IOException {
        return listed().stream().map(Listed::folder).toList();
    }

    /** The runs of a name, newest first. */
    public List<RunFolder> named(String name) throws IOException {
        List<RunFolder> named = new ArrayList<>();
        for (Listed run : listed()) {
            if (isNamed(run, name)) {
                named.add(run.folder());
            }
        }
        return named;
    }

    /** A run's name; empty when its folder was removed meanwhile. */
    public Optional<String> nameOf(RunFolder folder) throws IOException {
        try {
            return Optional.of(Files.readString(folder.name()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** The newest run. */
    public Optional<RunFolder> newest() throws IOException {
        return list().stream().findFirst();
    }

    /**
     * The runs that a word of the user may mean: one when it is clear, several when it begins the ids of several, none
     * when there is no such run.
     *
     * @param word a run id, a run's name (its newest is meant), or the beginning of an id; a whole name goes before the
     *     beginning of an id
     */
    public List<RunFolder> find(String word) throws IOException {
        if (RunId.isLegal(word)) {
            RunFolder folder = folder(new RunId(word));
            if (Files.exists(folder.journal())) {
                return List.of(folder);
            }
        }
        List<RunFolder> begun = new ArrayList<>();
        for (Listed run : listed()) {
            if (isNamed(run, word)) {
                return List.of(run.folder());
            }
            if (!word.isEmpty() && run.folder().id().value().startsWith(word)) {
                begun.add(run.folder());
            }
        }
        return begun;
    }

    private boolean isNamed(Listed run, String name) {
        // Comparing the length first saves opening thousands of files.
        if (run.nameBytes() != name.getBytes(StandardCharsets.UTF_8).length) {
            return false;
        }
        try {
            return nameOf(run.folder()).filter(name::equals).isPresent();
        } catch (IOException e) {
            // A name that cannot be read hides none of the others; its run is found by its id.
            return false;
        }
    }

    private List<Listed> listed() throws IOException {
        List<Listed> listed = new ArrayList<>();
        for (RunFolder folder : folders()) {
            try {
                // The name is written once, when the run is created.
                BasicFileAttributes name = Files.readAttributes(folder.name(), BasicFileAttributes.class);
                listed.add(new Listed(folder, name.lastModifiedTime(), name.size()));
            } catch (NoSuchFileException e) {
                // Removed while we look, or put there by somebody else: no run. A run that lost its name is one still.
                if (Files.exists(folder.journal())) {
                    listed.add(new Listed(folder, FileTime.fromMillis(0), -1));
                }
            } catch (IOException e) {
                // One that cannot be looked at hides none of the others; who opens it hears why.
                listed.add(new Listed(folder, FileTime.fromMillis(0), -1));
            }
        }
        listed.sort(Comparator.comparing(Listed::createdAt)
                .thenComparing(run -> run.folder().path())
                .reversed());
        return listed;
    }

    /** Folders of runs whose creation was never finished. */
    public List<Path> unfinished() throws IOException {
        return beginningWith(RunDraft.PREFIX);
    }

    /** Whether a run of that id is being created, or its creator was killed. */
    public boolean isDraft(RunId id) {
        return Files.exists(runs().resolve(RunDraft.PREFIX + id));
    }

    /**
     * Removes the draft of a run, unless something has happened to it since then.
     *
     * @throws IOException when the disk refuses, or the draft is gone
     */
    public void discardDraft(Disk disk, RunId id, Instant before) throws IOException {
        Path draft = runs().resolve(RunDraft.PREFIX + id);
        if (Files.getLastModifiedTime(draft).toInstant().isBefore(before)) {
            discard(disk, draft);
        }
    }

    /**
     * Removes a run: in one step it is no run any more, then its files go.
     *
     * @throws IOException when the disk refuses the step; the run is as it was
     */
    public void remove(Disk disk, RunFolder folder) throws IOException {
        discard(disk, folder.path());
    }

    /**
     * Removes what creators and removers that were killed have left.
     *
     * @param before drafts that nothing has happened to since then; a younger one may have a creator that is at work
     */
    public void sweep(Disk disk, Instant before) throws IOException {
        for (Path draft : unfinished()) {
            if (Files.getLastModifiedTime(draft).toInstant().isBefore(before)) {
                // Its creator may be suspended: it finds that the folder is gone, and never half of it.
                discard(disk, draft);
            }
        }
        for (Path gone : beginningWith(GONE)) {
            removeTree(disk, gone);
        }
    }

    private static void discard(Disk disk, Path folder) throws IOException {
        Path gone = folder.resolveSibling(
                GONE + String.valueOf(folder.getFileName()).replace(RunDraft.PREFIX, ""));
        disk.move(folder, gone);
        disk.forceFolder(gone.resolveSibling("."));
        removeTree(disk, gone);
    }

    static void removeTree(Disk disk, Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                disk.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e) throws IOException {
                disk.delete(dir);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private List<Path> beginningWith(String prefix) throws IOException {
        return entries().stream()
                .filter(path -> String.valueOf(path.getFileName()).startsWith(prefix))
                .toList();
    }

    private List<RunFolder> folders() throws IOException {
        return entries().stream()
                .filter(path -> RunId.isLegal(String.valueOf(path.getFileName())))
                .map(RunFolder::new)
                .toList();
    }

    /** None only where the folder is known to be missing: one that must not be looked into may hold runs. */
    private List<Path> entries() throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(runs())) {
            stream.forEach(entries::add);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return entries;
    }
}
