package dev.settle.app.runs;

import dev.settle.app.process.Environment;
import dev.settle.app.process.Failure;
import dev.settle.core.environment.JobOrigin;
import dev.settle.core.file.Disk;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.file.Checksums;
import dev.settle.core.journal.file.WholeFile;
import dev.settle.core.model.Plan;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a run's jobs begin with: the shell in which the run was created, or resumed, as with sbatch. Whoever drives it
 * later may have been started in another shell, with other modules, paths and limits.
 *
 * <p>Runs of earlier versions, and those of step queues, have none kept: their drivers' own is used.
 */
public final class JobEnvironment {
    private static final String FILE = "environment";

    /** The most that is read; Linux lets a process have no more than a few megabytes. */
    private static final long BYTES_MAX = 16 << 20;

    private JobEnvironment() {}

    /**
     * Keeps the process's own in a run's folder, for its owner alone, in place of what is there; without secrets.
     *
     * @throws IOException when the disk refuses; what was there stays
     */
    public static void keep(Disk disk, RunFolder folder, Environment ours, Plan plan) throws IOException {
        WholeFile.write(
                disk, file(folder), ours.jobOrigin().without(plan.secrets()).bytes());
    }

    /** What is kept, or the process's own where nothing is; secrets are always the process's own. */
    public static JobOrigin of(RunFolder folder, Environment ours, Plan plan) throws IOException {
        JobOrigin kept = kept(folder, ours);
        return plan.secrets().isEmpty()
                ? kept
                : kept.withSecrets(plan.secrets(), ours.jobOrigin().variables());
    }

    /** The secrets of a plan that this process does not have. */
    public static List<String> missing(Environment ours, Plan plan) {
        return plan.secrets().stream()
                .filter(name -> ours.variable(name).isEmpty())
                .toList();
    }

    /** @throws Failure 2 when jobs of the run would start without its secrets */
    public static void requireSecrets(Environment ours, RunState state) {
        List<String> missing = missing(ours, state.plan());
        if (!missing.isEmpty()) {
            throw Failure.usage(
                    "run " + state.id() + " needs secrets that are not set here: " + String.join(" ", missing),
                    "they are stored nowhere: export them and repeat the command; settle watch --no-drive " + state.id()
                            + " only looks");
        }
    }

    /** Deletes what was kept, once no attempt can need it. */
    public static void drop(Disk disk, RunFolder folder) throws IOException {
        Checksums.forget(disk, file(folder));
        disk.delete(file(folder));
    }

    private static JobOrigin kept(RunFolder folder, Environment ours) throws IOException {
        Path file = file(folder);
        if (!Files.exists(file)) {
            return ours.jobOrigin();
        }
        if (Files.size(file) > BYTES_MAX) {
            throw new IOException(file + " is larger than an environment can be");
        }
        return JobOrigin.parse(Files.readAllBytes(file));
    }

    private static Path file(RunFolder folder) {
        return folder.path().resolve(FILE);
    }
}
