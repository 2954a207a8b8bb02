package dev.settle.app.engine.backend;

import dev.settle.app.config.Configuration;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.slurm.SlurmScheduler;
import dev.settle.slurm.tools.ProcessToolRunner;
import dev.settle.slurm.tools.ToolRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which backend a run goes to. */
public final class Backends {
    private static final List<String> SLURM_TOOLS = List.of("sbatch", "squeue", "scancel");

    private static final List<String> CONFIGURATIONS =
            List.of("/etc/slurm/slurm.conf", "/etc/slurm-llnl/slurm.conf", "/run/slurm/conf/slurm.conf");
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(5);

    private Backends() {}

    /**
     * The backend of a run: the option's, else the environment's, the plan's, the configuration's, else slurm where its
     * tools answer, else this machine.
     *
     * @param variables the environment in which the tools are to answer
     */
    public static BackendName choose(
            Optional<BackendName> option,
            Optional<BackendName> planned,
            Configuration configuration,
            String path,
            Map<String, String> variables) {
        return option.or(configuration.variables()::backend)
                .or(() -> planned)
                .or(configuration.files()::backend)
                .orElseGet(() ->
                        missingTools(path).isEmpty() && isSetUp(variables) ? BackendName.SLURM : BackendName.LOCAL);
    }

    /** Whether the tools know a cluster: they are asked only where no configuration lies in the usual places. */
    private static boolean isSetUp(Map<String, String> variables) {
        if (variables.containsKey("SLURM_CONF")
                || CONFIGURATIONS.stream().anyMatch(file -> Files.exists(Path.of(file)))) {
            return true;
        }
        ToolRunner.Result result = new ProcessToolRunner(variables).run(List.of("squeue", "--version"), PROBE_LIMIT);
        return !SlurmScheduler.isNotSetUp(result.stderr());
    }

    /** The Slurm tools that are not on the path. */
    public static List<String> missingTools(String path) {
        return SLURM_TOOLS.stream().filter(tool -> !isOn(path, tool)).toList();
    }

    private static boolean isOn(String path, String tool) {
        for (String folder : path.split(":", -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder).resolve(tool))) {
                return true;
            }
        }
        return false;
    }
}
