package dev.settle.app.command;

import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.session.Runs;
import dev.settle.core.journal.file.RunFolder;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The background driver: one a user and host, started by submit in a session of its own. */
final class Background {
    private static final String MARK = "background";

    private Background() {}

    /** Leaves the run to the background driver of this host. */
    static void mark(RunFolder folder, String host) throws IOException {
        Files.writeString(folder.path().resolve(MARK), host + "\n");
    }

    /** The run is not to be driven in the background any more. */
    static void unmark(RunFolder folder) throws IOException {
        Files.deleteIfExists(folder.path().resolve(MARK));
    }

    /** Whether the run was left to the background driver of the host. */
    static boolean isMarked(RunFolder folder, String host) throws IOException {
        Path mark = folder.path().resolve(MARK);
        return Files.exists(mark) && Files.readString(mark).strip().equals(host);
    }

    /** Starts the driver; where one runs already the new one ends by itself. */
    static void start(App app, Runs runs, int arguments) {
        start(app, runs, arguments, Optional.empty());
    }

    /**
     * Starts a driver for one run alone: one that a step queue feeds needs the token of this very environment, which a
     * driver that others started does not have.
     */
    static void startFor(RunFolder folder, App app, Runs runs, int arguments) {
        start(app, runs, arguments, Optional.of(folder));
    }

    private static void start(App app, Runs runs, int arguments, Optional<RunFolder> alone) {
        Path log = runs.home().root().resolve("driver-" + app.wiring().host() + ".log");
        List<String> words = new ArrayList<>(List.of("setsid"));
        words.addAll(ownCommand(arguments));
        words.add("drive");
        alone.ifPresent(folder -> words.add(folder.id().value()));
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.redirectInput(new File("/dev/null"));
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.directory(runs.home().root().toFile());
        builder.environment().put("SETTLE_HOME", runs.home().root().toString());
        try {
            builder.start();
        } catch (IOException e) {
            throw Failure.storage(
                    "the background driver could not be started: " + e.getMessage(),
                    "the run exists; settle watch drives it");
        }
    }

    /** How this process was started, without the arguments of the command. */
    private static List<String> ownCommand(int arguments) {
        try {
            List<String> words =
                    List.of(Files.readString(Path.of("/proc/self/cmdline")).split("\0", -1));
            // The last one is empty: each word ends with a NUL.
            return words.subList(0, words.size() - 1 - arguments);
        } catch (IOException e) {
            throw new IllegalStateException("/proc/self/cmdline cannot be read", e);
        }
    }

    /** The place of the one background driver; empty when it is taken. */
    static Optional<FileChannel> takePlace(App app, Runs runs) throws IOException {
        Path file = runs.home().root().resolve("driver-" + app.wiring().host() + ".lock");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(channel);
    }
}
