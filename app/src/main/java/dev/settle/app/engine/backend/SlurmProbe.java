package dev.settle.app.engine.backend;

import dev.settle.slurm.SlurmScheduler;
import dev.settle.slurm.tools.ProcessToolRunner;
import dev.settle.slurm.tools.ToolRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Whether Slurm's tools know a cluster. A class of its own: a run on this machine loads nothing of Slurm. */
final class SlurmProbe {
    private static final List<String> CONFIGURATIONS =
            List.of("/etc/slurm/slurm.conf", "/etc/slurm-llnl/slurm.conf", "/run/slurm/conf/slurm.conf");
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(5);

    private SlurmProbe() {}

    /** Whether the tools know a cluster: they are asked only where no configuration lies in the usual places. */
    static boolean isSetUp(Map<String, String> variables) {
        if (variables.containsKey("SLURM_CONF")
                || CONFIGURATIONS.stream().anyMatch(file -> Files.exists(Path.of(file)))) {
            return true;
        }
        ToolRunner.Result result = new ProcessToolRunner(variables).run(List.of("squeue", "--version"), PROBE_LIMIT);
        return !SlurmScheduler.isNotSetUp(result.stderr());
    }
}
