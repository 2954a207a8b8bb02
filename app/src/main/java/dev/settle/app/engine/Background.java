package dev.settle.app.engine;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.Shortage;
import dev.settle.app.runs.Runs;
import dev.settle.core.file.Disk;
import dev.settle.core.file.OwnFiles;
import dev.settle.core.file.Ownership;
import dev.settle.core.file.ProcessLock;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.file.WholeFile;
import dev.settle.core.model.Plan;
import dev.settle.core.model.RunId;
import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The background driver: one per user, host and version of settle, started by submit in a session of its own. A run is left
 * to the driver of the version that leaves it; that of a later version takes it up when there is none any more.
 */
public final class Background {
    private static final String MARKS = "background";
    /** A mark holds a version and nothing else. */
    private static final int MARK_BYTES_MAX = 256;

    private static final String ARCHIVE = "-XX:SharedArchiveFile=";

    private Background() {}

    /** Where a host's driver finds its runs: one look, however many runs there are. */
    private static Path marks(Runs runs, String host) {
        return runs.home().root().resolve(MARKS).resolve(host);
    }

    /** Leaves the run to the background driver that this version has on this host. */
    public static void mark(App app, Runs runs, RunId run) throws IOException {
        Path marks = marks(runs, app.wiring().host());
        OwnFiles.makeFolder(marks);
        WholeFile.write(runs.disk(), marks.resolve(run.value()), app.version());
    }

    /**
     * Whether a marked run is for the driver of this version: it was left to it, or to one of an earlier version that has
     * ended. What a later version left may hold what this one would pass over.
     */
    static boolean isLeftToThis(App app, Runs runs, RunId run) throws IOException {
        String version;
        try (Disk.OpenFile mark =
                runs.disk().read(marks(runs, app.wiring().host()).resolve(run.value()))) {
            byte[] bytes = new byte[MARK_BYTES_MAX];
            version = new String(bytes, 0, mark.read(bytes, 0), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            // Another driver has ended the run in this moment.
            return false;
        }
        return version.isEmpty()
                || version.equals(app.version())
                || (isEarlier(version, app.version()) && !ProcessLock.isHeld(place(app, runs, version)));
    }

    static boolean isEarlier(String version, String than) {
        try {
            return Version.parse(version).compareTo(Version.parse(than)) < 0;
        } catch (IllegalArgumentException e) {
            // No version of settle: whatever left it knows what it is.
            return false;
        }
    }

    /**
     * Leaves a run to a driver in the background, so that it goes on: the common one, or one of its own where that needs
     * variables of this process.
     */
    public static void leave(RunFolder folder, Plan plan, App app, Runs runs) {
        if (plan.needsOwnEngine()) {
            startFor(folder, app, runs);
            return;
        }
        try {
            mark(app, runs, folder.id());
        } catch (IOException e) {
            throw runs.cannotGoOn(folder, e);
        }
        start(app, runs);
    }

    /** The run is not to be driven in the background any more. */
    public static void unmark(Runs runs, RunId run, String host) throws IOException {
        Files.deleteIfExists(marks(runs, host).resolve(run.value()));
    }

    /** The runs that were handed to the background driver of the host. */
    public static List<RunFolder> marked(Runs runs, String host) throws IOException {
        List<RunFolder> marked = new ArrayList<>();
        if (Files.isDirectory(marks(runs, host))) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(marks(runs, host))) {
                for (Path file : files) {
                    String name = String.valueOf(file.getFileName());
                    if (RunId.isLegal(name)) {
                        marked.add(runs.home().folder(new RunId(name)));
                    }
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        return marked;
    }

    /** Starts the driver; where one runs already the new one ends by itself. */
    public static Process start(App app, Runs runs) {
        return start(app, runs, Optional.empty());
    }

    /**
     * Starts a driver for one run alone: one that a step queue feeds needs the token of this very environment, which a
     * driver that others started does not have.
     */
    public static Process startFor(RunFolder folder, App app, Runs runs) {
        return start(app, runs, Optional.of(folder));
    }

    /** Where the drivers of this host write what they have to say. */
    static Path log(App app, Runs runs) {
        return runs.home().root().resolve("driver-" + app.wiring().host() + ".log");
    }

    private static Process start(App app, Runs runs, Optional<RunFolder> alone) {
        Path log = log(app, runs);
        List<String> words = inASessionOfItsOwn(app);
        words.addAll(ownCommand());
        words.add("drive");
        alone.ifPresent(folder -> words.add(folder.id().value()));
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.redirectInput(new File("/dev/null"));
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.directory(runs.home().root().toFile());
        builder.environment().put("SETTLE_HOME", runs.home().root().toString());
        try {
            createIfMissing(runs, log);
            Ownership.check(log);
            return Shortage.patiently(app, "the background driver cannot be started", builder::start);
        } catch (IOException e) {
            throw new Failure(
                    ExitStatus.DEFECT, List.of("the background driver could not be started: " + e.getMessage()));
        }
    }

    /** Without setsid(1), which util-linux has: the signals of a terminal are ignored at least. */
    private static List<String> inASessionOfItsOwn(App app) {
        for (String folder : (app.environment().searchPath() + ":/usr/bin:/bin").split(":")) {
            if (folder.startsWith("/") && Files.isExecutable(Path.of(folder, "setsid"))) {
                return new ArrayList<>(List.of(folder + "/setsid"));
            }
        }
        return new ArrayList<>(List.of("/bin/sh", "-c", "trap '' HUP INT QUIT; exec \"$@\"", "sh"));
    }

    /** For its owner alone, as all files here. */
    private static void createIfMissing(Runs runs, Path file) throws IOException {
        try {
            if (!Files.exists(file)) {
                runs.disk().create(file).close();
            }
        } catch (FileAlreadyExistsException e) {
            // Another command made it a moment before: the same file.
            return;
        }
    }

    /** How this process was started, up to the jar: the command and its arguments come after it. */
    static List<String> ownCommand() {
        try {
            return driverCommand(
                    List.of(Files.readString(Path.of("/proc/self/cmdline")).split("\0", -1)));
        } catch (IOException e) {
            throw new IllegalStateException("/proc/self/cmdline cannot be read", e);
        }
    }

    /**
     * What starts a driver, from what started this process. {@code settle mcp} has libraries and an archive on top of the
     * usual ones, which a driver does not need: the class path begins with the jar, the archives with the usual one.
     */
    static List<String> driverCommand(List<String> own) {
        int jar = own.indexOf("-jar");
        if (jar >= 0) {
            return own.subList(0, jar + 2);
        }
        int path = own.indexOf("-cp");
        List<String> words = new ArrayList<>();
        for (String word : own.subList(0, path)) {
            words.add(word.startsWith(ARCHIVE) ? first(word) : word);
        }
        words.add("-jar");
        words.add(first(own.get(path + 1)));
        return words;
    }

    private static String first(String list) {
        int colon = list.indexOf(':', list.startsWith(ARCHIVE) ? ARCHIVE.length() : 0);
        return colon < 0 ? list : list.substring(0, colon);
    }

    /** Whether a background driver of this version is running. Several processes may check at once. */
    static boolean isServed(App app, Runs runs) throws IOException {
        return ProcessLock.isHeld(place(app, runs, app.version()));
    }

    private static Path place(App app, Runs runs, String version) {
        return runs.home().root().resolve("driver-" + app.wiring().host() + "-" + version + ".lock");
    }

    /** The place of the one background driver of this version; empty when it is taken. */
    static Optional<ProcessLock> takePlace(App app, Runs runs) throws IOException {
        Path file = place(app, runs, app.version());
        ProcessLock lock = ProcessLock.attempt(file);
        return switch (lock.state()) {
            case LOCKED -> Optional.of(lock);
            case BUSY -> Optional.empty();
            case UNUSABLE -> throw new IOException("the file system has no locks for " + file);
        };
    }
}
