package dev.settle.app.stepqueue;

import dev.settle.app.session.ItemSource;
import dev.settle.core.model.QueueSpec;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;

/**
 * What a process needs to feed a run from its queue: the token, the user's directory and the lock on it, a client.
 * Opened before anything is created, here or on the service.
 */
public final class QueueAccess implements ItemSource.Opener, Closeable {
    /** Where the token is when the run file names no variable. */
    static final String TOKEN_ENV = "SETTLE_QUEUE_TOKEN";

    /**
     * What the process has from outside.
     *
     * @param variables the environment: the token, proxies, limits
     * @param stateRoot settle's own folder
     * @param version of this settle
     * @param holder who we are, for others who want the same directory
     */
    public record Surroundings(
            Map<String, String> variables,
            Path stateRoot,
            String version,
            String holder,
            Clock clock,
            RandomGenerator random) {}

    /** Why a queue cannot be fed from here: what is wrong, then the fix. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;
        private final List<String> lines;

        RefusedException(List<String> lines) {
            super(String.join("\n", lines));
            this.lines = List.copyOf(lines);
        }

        public List<String> lines() {
            return lines;
        }
    }

    private final QueueSpec spec;
    private final StartMode mode;
    private final Surroundings around;
    private final Path workingDir;
    private final ScratchCopy directory;
    private final DirectoryLock lock;
    private final StepQueueClient client;
    private final QueueSettings settings;
    private final String url;

    private QueueAccess(
            QueueSpec spec,
            StartMode mode,
            Surroundings around,
            Path workingDir,
            ScratchCopy directory,
            DirectoryLock lock,
            StepQueueClient client,
            QueueSettings settings,
            String url) {
        this.spec = spec;
        this.mode = mode;
        this.around = around;
        this.workingDir = workingDir;
        this.directory = directory;
        this.lock = lock;
        this.client = client;
        this.settings = settings;
        this.url = url;
    }

    /**
     * Opens a queue for a run.
     *
     * @param runDirectory where the run was, or is to be, created
     * @throws RefusedException when it cannot be fed from here
     * @throws IOException when the disk refuses
     */
    public static QueueAccess open(QueueSpec spec, Path runDirectory, StartMode mode, Surroundings around)
            throws RefusedException, IOException {
        List<String> problems = new ArrayList<>();
        Path workingDir = runDirectory.resolve(spec.workingDir().orElse("")).normalize();
        if (!Files.isDirectory(workingDir)) {
            throw new RefusedException(List.of("queue.working_dir: there is no folder " + workingDir));
        }
        QueueSettings settings = QueueSettings.of(around.variables(), problems);
        Optional<StepQueueClient> client = client(spec.url(), spec.tokenEnv(), settings, around, problems);
        Set<Path> leftOut = new HashSet<>();
        leftOut.add(real(around.stateRoot()));
        spec.asked().saveLogs().ifPresent(dir -> leftOut.add(real(Path.of(dir))));
        ScratchCopy directory = new ScratchCopy(workingDir, leftOut);
        if (mode == StartMode.NEW) {
            directory
                    .tooLarge()
                    .ifPresent(why -> problems.add("each step runs in a copy of " + workingDir + ", which has " + why
                            + "; name a smaller folder as queue.working_dir"));
            if (spec.run().isEmpty() && spec.files().isEmpty()) {
                problems.add("queue.files is missing: a new run of the service needs its source code; name the files,"
                        + " or a run to attach to");
            }
            problems.addAll(SourceFiles.problems(workingDir, spec.files(), directory).stream()
                    .map(problem -> "queue.files: " + problem)
                    .toList());
        }
        if (!problems.isEmpty()) {
            throw new RefusedException(problems);
        }
        DirectoryLock.Taken taken = DirectoryLock.take(around.stateRoot(), workingDir, around.holder());
        if (taken.lock().isEmpty()) {
            throw new RefusedException(List.of(
                    "a step queue is being fed from " + workingDir + " already, by " + taken.holder(),
                    "wait until it has ended, or start in another directory"));
        }
        return new QueueAccess(
                spec,
                mode,
                around,
                workingDir,
                directory,
                taken.lock().get(),
                client.orElseThrow(),
                settings,
                StepQueueClient.base(spec.url())
                        + spec.tokenEnv().map(name -> " --token-env " + name).orElse(""));
    }

    /** A client for an address, or the problems that keep it from being one. */
    static Optional<StepQueueClient> client(
            String url, Optional<String> tokenEnv, QueueSettings settings, Surroundings around, List<String> problems) {
        Optional<String> token = Optional.ofNullable(around.variables().get(tokenEnv.orElse(TOKEN_ENV)))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
        if (tokenEnv.isPresent() && token.isEmpty()) {
            problems.add("the environment variable " + tokenEnv.get() + ", which is to hold the token, is not set");
        }
        if (token.filter(text -> !text.chars().allMatch(c -> c > ' ' && c < 0x7F))
                .isPresent()) {
            problems.add("the environment variable " + tokenEnv.orElse(TOKEN_ENV) + " holds signs that no token has");
        }
        try {
            return Optional.of(new StepQueueClient(
                    StepQueueClient.base(url), token, around.variables(), around.version(), settings.limits()));
        } catch (IllegalArgumentException e) {
            problems.add("queue.url: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            // It does not exist yet, so that nothing of it can be copied; where it will be is near enough.
            return path.toAbsolutePath().normalize();
        }
    }

    @Override
    public ItemSource open(ItemSource.Host host) {
        StepFolders folders = new StepFolders(host.runFolder());
        Queue<QueueInput> inbox = new ConcurrentLinkedQueue<>();
        QueueShell shell = new QueueShell(
                spec,
                client,
                new QueueShell.Place(host.state().id().value(), folders, workingDir, host.outputs()),
                directory,
                around.clock(),
                QueueShell.threads(),
                input -> {
                    inbox.add(input);
                    host.wake().run();
                },
                host.notices());
        QueueFeeder feeder = new QueueFeeder(
                spec,
                url,
                folders,
                settings.limits(),
                new Backoff(around.random(), settings.backoffScale()),
                mode,
                host.state());
        return new QueueFeed(feeder, shell, inbox, host.notices());
    }

    /**
     * Copies the best step's files into the user's directory, as {@code --apply-best} asks.
     *
     * @return what came of it, in a sentence
     */
    public String applyBest(Path runFolder) throws IOException {
        Optional<BestFiles.Applied> applied = BestFiles.apply(new StepFolders(runFolder), workingDir, directory);
        if (applied.isEmpty()) {
            return "--apply-best: no step had a metric, so that there is no best one";
        }
        String step = applied.get().step().isPresent()
                ? "step " + applied.get().step().getAsInt()
                : "the best step";
        if (!applied.get().changed().isEmpty()) {
            return "--apply-best: nothing was written, because these files changed since the run began: "
                    + String.join(", ", applied.get().changed()) + "; " + step + " is kept in "
                    + runFolder.resolve("best");
        }
        return applied.get().written().isEmpty()
                ? "--apply-best: " + workingDir + " has the files of " + step + " already"
                : "--apply-best: wrote " + String.join(", ", applied.get().written()) + " of " + step + " to "
                        + workingDir;
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
