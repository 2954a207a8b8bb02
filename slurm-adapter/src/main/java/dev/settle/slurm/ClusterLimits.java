package dev.settle.slurm;

import dev.settle.core.scheduler.JobId;
import dev.settle.slurm.parse.Numbers;
import dev.settle.slurm.tools.ToolRunner;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** What a cluster lets one submission have. */
public final class ClusterLimits {
    /** Of a default Slurm: MaxArraySize 1001, so that indices end at 1000. */
    public static final int ARRAY_TASKS = 1000;

    /** A controller that is busy now is not waited for: refusals tell the limits, too. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private ClusterLimits() {}

    /** Most tasks of one array, as {@code scontrol show config} has it; empty when it does not answer. */
    public static OptionalInt arrayTasks(ToolRunner tools) {
        ToolRunner.Result config = tools.run(List.of("scontrol", "show", "config"), LIMIT);
        return config.isGood() ? arrayTasks(config.stdout()) : OptionalInt.empty();
    }

    /** {@code MaxArraySize} is one more than the largest index; each task counts as a job of {@code MaxJobCount}. */
    static OptionalInt arrayTasks(String config) {
        OptionalInt size = number(config, "MaxArraySize");
        if (size.isEmpty()) {
            return OptionalInt.empty();
        }
        int jobs = number(config, "MaxJobCount").orElse(Integer.MAX_VALUE);
        return OptionalInt.of(Math.max(1, Math.min(size.getAsInt(), jobs)));
    }

    /** The cluster's own name. */
    static Optional<String> name(String config) {
        return word(config, "ClusterName")
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(JobId::isClusterName);
    }

    private static OptionalInt number(String config, String name) {
        return word(config, name).map(Numbers::parseInt).orElse(OptionalInt.empty());
    }

    private static Optional<String> word(String config, String name) {
        for (String line : config.split("\n", -1)) {
            String[] words = line.strip().split("\\s+", 4);
            if (words.length >= 3 && words[0].equals(name) && words[1].equals("=")) {
                return Optional.of(words[2]);
            }
        }
        return Optional.empty();
    }
}
