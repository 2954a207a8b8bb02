package dev.settle.app.stepqueue;

import dev.settle.app.engine.source.ItemSource;
import dev.settle.app.stepqueue.client.QueueSettings;
import dev.settle.app.stepqueue.client.StepQueueClient;
import dev.settle.app.stepqueue.client.UnusableQueueException;
import dev.settle.app.stepqueue.files.BestFiles;
import dev.settle.app.stepqueue.files.DirectoryLock;
import dev.settle.app.stepqueue.files.ScratchCopy;
import dev.settle.app.stepqueue.files.SourceFiles;
import dev.settle.app.stepqueue.files.StepFolders;
import dev.settle.core.file.ProcessLock;
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
 * A step queue that is open for a run: its client, the user's directory, and the lock on that directory.
 * Opened before anything is created, here or on the service.
 */
public final class StepQueue implements ItemSource.Opener, Closeable {
    /**
     * What the process has from outside.
     *
     * @param variables the environment: the token, proxies, limits
     * @param stateRoot settle's own folder
     * @param version of this settle
     * @param holder who we are, for others who want the same directory
     */
    public record Context(
            Map<String, String> variables,
            Path stateRoot,
            String version,
            String holder,
            Clock clock,
            RandomGenerator random) {}

    private final QueueSpec spec;
    private final StartMode mode;
    private final Context context;
    private final Path workingDir;
    private final ScratchCopy directory;
    private final ProcessLock lock;
    private final StepQueueClient client;
    private final QueueSettings settings;
    private final String url;

    private StepQueue(
            QueueSpec spec,
            StartMode mode,
            Context context,
            Path workingDir,
            ScratchCopy directory,
            ProcessLock lock,
            StepQueueClient client,
            QueueSettings settings,
            String url) {
        this.spec = spec;
        this.mode = mode;
        this.context = context;
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
     * @throws UnusableQueueException when the queue cannot be used from here
     * @throws IOException when the disk refuses
     */
    public static StepQueue open(QueueSpec spec, Path runDirectory, StartMode mode, Context context)
            throws UnusableQueueException, IOException {
        List<String> problems = new ArrayList<>();
        Path workingDir = runDirectory.resolve(spec.workingDir().orElse("")).normalize();
        if (!Files.isDirectory(workingDir)) {
            throw new UnusableQueueException(List.of("queue.working_dir: there is no folder " + workingDir));
        }
        QueueSettings settings = QueueSettings.of(context.variables(), problems);
        Optional<StepQueueClient> client = StepQueueClient.open(
                spec.url(), spec.tokenEnv(), context.variables(), context.version(), settings.limits(), problems);
        Set<Path> leftOut = new HashSet<>();
        leftOut.add(real(context.stateRoot()));
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
            throw new UnusableQueueException(problems);
        }
        DirectoryLock.Taken taken = DirectoryLock.take(context.stateRoot(), workingDir, context.holder());
        if (taken.lock().isEmpty()) {
            throw new UnusableQueueException(List.of(
                    "a step queue is being fed from " + workingDir + " already, by " + taken.holder(),
                    "wait until it has ended, or start in another directory"));
        }
        return new StepQueue(
                spec,
                mode,
                context,
                workingDir,
                directory,
                taken.lock().get(),
                client.orElseThrow(),
                settings,
                StepQueueClient.base(spec.url())
                        + spec.tokenEnv().map(name -> " --token-env " + name).orElse(""));
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
        QueuePerformer performer = new QueuePerformer(
                spec,
                client,
                new QueuePerformer.Place(host.state().id().value(), folders, workingDir, host.outputs()),
                directory,
                context.clock(),
                QueuePerformer.threads(),
                input -> {
                    inbox.add(input);
                    host.wake().run();
                },
                host.notices());
        StepQueueKernel kernel = new StepQueueKernel(
                spec,
                url,
                folders,
                settings.limits(),
                new Backoff(context.random(), settings.backoffScale()),
                mode,
                host.state());
        return new StepQueueSource(kernel, performer, inbox, host.notices());
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
