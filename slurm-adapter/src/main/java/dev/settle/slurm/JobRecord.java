package dev.settle.slurm;

import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobOutput;
import dev.settle.slurm.tools.ToolRunner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What {@code scontrol -o show job} says of one job, as keys and values; empty when it does not know the job. */
final class JobRecord {
    /** Keys whose values may hold blanks end where the next of the known keys begins. */
    private static final List<String> PATHS = List.of("WorkDir", "StdErr", "StdIn", "StdOut", "Power", "TresPerNode");

    private JobRecord() {}

    static Map<String, String> of(ToolRunner tools, JobId job, Duration limit) {
        ToolRunner.Result result = tools.run(List.of("scontrol", "-o", "show", "job", job.value()), limit);
        return result.isGood() ? parse(result.stdout()) : Map.of();
    }

    /** The first line's keys and values. */
    static Map<String, String> parse(String text) {
        int end = text.indexOf('\n');
        Map<String, String> record = new TreeMap<>();
        String key = "";
        for (String token : (end < 0 ? text : text.substring(0, end)).split(" ", -1)) {
            int equals = token.indexOf('=');
            boolean continues = equals <= 0 || (PATHS.contains(key) && !PATHS.contains(token.substring(0, equals)));
            if (!continues) {
                key = token.substring(0, equals);
                record.putIfAbsent(key, token.substring(equals + 1));
            } else if (PATHS.contains(key) && !token.isEmpty()) {
                record.merge(key, " " + token, String::concat);
            }
        }
        return record;
    }

    /** Where the job writes; empty when it has no output or the record does not say. */
    static Optional<JobOutput> output(Map<String, String> record) {
        Optional<Path> stdout = path(record, "StdOut");
        return stdout.map(out -> new JobOutput(out, path(record, "StdErr").orElse(out)));
    }

    private static Optional<Path> path(Map<String, String> record, String key) {
        String text = record.getOrDefault(key, "");
        return text.startsWith("/") && !text.contains("\0") ? Optional.of(Path.of(text)) : Optional.empty();
    }
}
