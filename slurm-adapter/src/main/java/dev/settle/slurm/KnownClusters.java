package dev.settle.slurm;

import dev.settle.core.scheduler.JobId;
import dev.settle.slurm.tools.ToolRunner;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Which clusters accounting knows, and which of them is the default one: that of the configuration here. */
public final class KnownClusters {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final List<String> NO_ACCOUNTING =
            List.of("not running a supported accounting_storage plugin", "accounting storage is disabled");

    private final ToolRunner tools;
    private volatile Optional<String> defaultName = Optional.empty();

    public KnownClusters(ToolRunner tools) {
        this.tools = tools;
    }

    /** The name of the default cluster; empty while nobody tells. Asked until it is known. */
    Optional<String> defaultName() {
        if (defaultName.isEmpty()) {
            ToolRunner.Result config = tools.run(List.of("scontrol", "show", "config"), LIMIT);
            defaultName = config.isGood() ? ClusterLimits.name(config.stdout()) : Optional.empty();
        }
        return defaultName;
    }

    /** The job without its cluster, where that is the default one by name. */
    JobId normal(JobId job) {
        return job.cluster().isPresent() && job.cluster().equals(defaultName()) ? job.onDefault() : job;
    }

    /** All names that accounting has; empty when it does not answer. */
    Optional<Set<String>> all() {
        ToolRunner.Result result = ask();
        return result.isGood() ? Optional.of(names(result.stdout())) : Optional.empty();
    }

    /** Why jobs on the clusters of a choice cannot be followed; empty where they can, or nobody can tell now. */
    public Optional<String> trouble(ClusterChoice choice) {
        if (!choice.isLegal()) {
            return Optional.of("\"" + choice.text() + "\" is not a name of a cluster");
        }
        ToolRunner.Result result = ask();
        String said = (result.stderr() + result.stdout()).toLowerCase(Locale.ROOT);
        if (NO_ACCOUNTING.stream().anyMatch(said::contains)) {
            return Optional.of("cluster " + choice.text()
                    + ": Slurm finds other clusters through its accounting, and none is kept here");
        }
        if (!result.isGood()) {
            return Optional.empty();
        }
        Set<String> known = names(result.stdout());
        List<String> unknown =
                choice.names().stream().filter(name -> !known.contains(name)).toList();
        return unknown.isEmpty()
                ? Optional.empty()
                : Optional.of("cluster " + String.join(", ", unknown) + " is not known to Slurm's accounting"
                        + (known.isEmpty() ? "" : ", which has " + String.join(", ", known)));
    }

    private ToolRunner.Result ask() {
        return tools.run(List.of("sacctmgr", "-n", "-P", "show", "cluster", "format=cluster"), LIMIT);
    }

    private static Set<String> names(String text) {
        Set<String> names = new LinkedHashSet<>();
        for (String line : text.split("\n", -1)) {
            String name = line.strip();
            if (JobId.isClusterName(name)) {
                names.add(name.toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }
}
