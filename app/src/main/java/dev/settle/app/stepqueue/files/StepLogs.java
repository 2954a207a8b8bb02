package dev.settle.app.stepqueue.files;

import dev.settle.app.stepqueue.client.QueueJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * {@code --save-logs DIR}: the layout that users of the service know.
 *
 * <pre>
 * DIR/RUN/steps/N/files/PATH, DIR/RUN/steps/N/manifest.json    the candidate
 * DIR/RUN/best/files/PATH, DIR/RUN/best/manifest.json          the best one
 * DIR/RUN/outputs/step_N.out.txt                               all that the step printed, byte for byte
 * DIR/RUN/exec_output.jsonl                                    the index: a line each time a step's result is settled
 * </pre>
 *
 * <p>RUN is the service's id of the run. A line of the index has what the service's own client writes ({@code step},
 * {@code timestamp}, {@code output_file}, {@code output_length}) and what that lacked: exit code, signal, duration,
 * attempt, metric, what became of the submission.
 */
public final class StepLogs {
    private final Path dir;
    private final ScratchCopy directory;

    public StepLogs(Path dir, ScratchCopy directory) {
        this.dir = dir;
        this.directory = directory;
    }

    private Path root(String run) {
        return dir.resolve(run.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^\\.+", "_"));
    }

    public void candidate(String run, int step, Map<String, String> code, Instant at) throws IOException {
        Path folder = root(run).resolve("steps").resolve(Integer.toString(step));
        BestFiles.write(folder, "step_code_snapshot", step, OptionalDouble.empty(), code, directory, at);
    }

    public void best(String run, int step, OptionalDouble metric, Map<String, String> code, Instant at)
            throws IOException {
        BestFiles.write(root(run).resolve("best"), "best_code_snapshot", step, metric, code, directory, at);
    }

    /** Copies what the step printed, byte for byte. */
    public void output(String run, int step, List<Path> outputs) throws IOException {
        Path file = root(run).resolve(outputName(step));
        Files.createDirectories(file.resolveSibling(""));
        Files.deleteIfExists(file);
        try (var out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
            for (Path output : outputs) {
                if (Files.exists(output)) {
                    Files.copy(output, out);
                }
            }
        }
    }

    public static String outputName(int step) {
        return "outputs/step_" + step + ".out.txt";
    }

    /** Appends a line to the index. */
    public void index(String run, Map<String, @Nullable Object> line) throws IOException {
        Path file = root(run).resolve("exec_output.jsonl");
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(
                file,
                QueueJson.write(line) + "\n",
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
