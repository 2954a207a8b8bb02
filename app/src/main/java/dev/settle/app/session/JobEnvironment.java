package dev.settle.app.session;

import dev.settle.core.journal.file.Disk;
import dev.settle.core.journal.file.RunFolder;
import dev.settle.core.journal.file.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The environment that a run's jobs begin with: that of the shell in which the run was created, or resumed, as with
 * sbatch. Whoever drives it later may have been started in another shell, with other modules and paths.
 *
 * <p>Runs of earlier versions, and those of step queues, have none kept: their drivers' own is used.
 */
public final class JobEnvironment {
    private static final String FILE = "environment";
    private static final char END = '\0';

    /** The most that is read; Linux lets a process have no more than a few megabytes. */
    private static final long BYTES_MAX = 16 << 20;

    private JobEnvironment() {}

    /**
     * Keeps variables in a run's folder, for its owner alone, in place of those that are there.
     *
     * @throws IOException when the disk refuses; what was there stays
     */
    public static void keep(Disk disk, RunFolder folder, Map<String, String> variables) throws IOException {
        StringBuilder text = new StringBuilder();
        variables.forEach(
                (name, value) -> text.append(name).append('=').append(value).append(END));
        WholeFile.write(disk, file(folder), text.toString());
    }

    /** What is kept, or the process's own variables where nothing is. */
    static Map<String, String> of(RunFolder folder, Map<String, String> ours) throws IOException {
        Path file = file(folder);
        if (!Files.exists(file)) {
            return ours;
        }
        if (Files.size(file) > BYTES_MAX) {
            throw new IOException(file + " is larger than an environment can be");
        }
        Map<String, String> variables = new HashMap<>();
        for (String each : Files.readString(file, StandardCharsets.UTF_8).split(String.valueOf(END))) {
            int equals = each.indexOf('=');
            if (equals > 0) {
                variables.put(each.substring(0, equals), each.substring(equals + 1));
            }
        }
        return variables;
    }

    private static Path file(RunFolder folder) {
        return folder.path().resolve(FILE);
    }
}
