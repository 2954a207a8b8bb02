package dev.settle.app.engine.records;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.core.kernel.state.ItemFiles;
import dev.settle.core.run.StopReason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads what an item's attempt left in its files. What cannot be read is told and ignored, never a verdict. */
public final class ItemFileReader {
    private static final int SMALL_FILE_BYTES_MAX = 1 << 20;

    /** Slurm's own lines stand at the end of the output. */
    private static final int TAIL_BYTES_MAX = 16 * 1024;

    /**
     * How Slurm's own lines begin: {@code slurmstepd-n1: error: } up to 25.11, its log's time in any of its formats and
     * {@code error: } in 26.05.
     */
    private static final String OF_SLURM = "^(?:slurm[^\\n]*|(?:\\[[^\\]\\n]*\\] ?)+error: )";

    private static final Pattern SLURM_LINE = Pattern.compile(OF_SLURM);

    /** slurmctld's and slurmstepd's words for a job that was ended because its allocation is spent (slurm.md). */
    private static final Pattern SPENT = Pattern.compile(
            OF_SLURM
                    + "\\*\\*\\* REASON: ([^\\n]*(?:max TRES\\([^)]*\\) minutes|group wall limit)[^\\n]*?)\\*{0,3}\\r?$",
            Pattern.MULTILINE);

    private ItemFileReader() {}

    /**
     * Reads SETTLE_RESULT, SETTLE_STOP and the lines that Slurm wrote into the output.
     *
     * @param output every file that Slurm or the item may have written to
     */
    public static ItemFiles read(Path result, Path stop, Collection<Path> output) {
        Map<String, Double> metrics = Map.of();
        Optional<ItemFiles.StopRequest> request = Optional.empty();
        StringBuilder warning = new StringBuilder();
        try {
            metrics = metrics(result);
        } catch (IOException e) {
            warning.append("SETTLE_RESULT ignored: ").append(e.getMessage());
        }
        try {
            request = stop(stop);
        } catch (IOException e) {
            warning.append(warning.length() > 0 ? "; " : "")
                    .append("SETTLE_STOP ignored: ")
                    .append(e.getMessage());
        }
        ItemFiles lines = ofOutput(output);
        return new ItemFiles(
                metrics,
                request,
                lines.spentReason(),
                lines.outOfMemory(),
                warning.isEmpty() ? Optional.empty() : Optional.of(warning.toString()));
    }

    /** Reads the lines that Slurm wrote into a job's output, and nothing else. */
    public static ItemFiles ofOutput(Collection<Path> output) {
        if (output.isEmpty()) {
            return ItemFiles.NONE;
        }
        String tail = output.stream().distinct().map(ItemFileReader::tail).collect(Collectors.joining("\n"));
        return new ItemFiles(
                Map.of(),
                Optional.empty(),
                spent(tail),
                line(tail, "oom_kill event", "oom-kill event", "Exceeded job memory limit", "exceeded memory limit"),
                Optional.empty());
    }

    /** What Slurm says between the stars of its own line, if it speaks of spent minutes. */
    private static Optional<String> spent(String text) {
        Matcher matcher = SPENT.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1).strip()) : Optional.empty();
    }

    private static Map<String, Double> metrics(Path file) throws IOException {
        Optional<String> text = text(file);
        return text.isPresent() ? Json.numbers(text.get()) : Map.of();
    }

    private static Optional<ItemFiles.StopRequest> stop(Path file) throws IOException {
        Optional<String> text = text(file);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Fields fields;
        try {
            fields = Json.parseObject(text.get());
        } catch (IOException e) {
            // The parser's own message goes over several lines.
            throw new IOException("not a JSON object", e);
        }
        String reason = fields.text("reason");
        Optional<StopReason> known = StopReason.ofWord(reason);
        if (known.isEmpty()) {
            throw new IOException("'" + reason + "' is no stop reason");
        }
        if (!known.get().interrupts()) {
            throw new IOException("'" + reason + "' is how a run ends, not why it is stopped");
        }
        return Optional.of(new ItemFiles.StopRequest(reason, fields.optText("message"), fields.optText("link")));
    }

    private static Optional<String> text(Path file) throws IOException {
        // Most items have no such file, and java.nio.file makes an exception of each that is not there.
        if (!file.toFile().isFile()) {
            return Optional.empty();
        }
        if (Files.size(file) > SMALL_FILE_BYTES_MAX) {
            throw new IOException("larger than " + SMALL_FILE_BYTES_MAX + " bytes");
        }
        return Optional.of(Files.readString(file).strip());
    }

    private static String tail(Path file) {
        if (!Files.isRegularFile(file)) {
            return "";
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long from = Math.max(0, in.length() - TAIL_BYTES_MAX);
            byte[] bytes = new byte[(int) (in.length() - from)];
            in.seek(from);
            in.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            // The output may lie where this machine cannot read it; Slurm's line is then not known.
            return "";
        }
    }

    private static Optional<String> line(String text, String... marks) {
        for (String each : text.split("\n", -1)) {
            for (String mark : marks) {
                boolean ofSlurm =
                        each.contains("slurm") || SLURM_LINE.matcher(each).find();
                if (each.contains(mark) && ofSlurm) {
                    return Optional.of(each.strip());
                }
            }
        }
        return Optional.empty();
    }
}
