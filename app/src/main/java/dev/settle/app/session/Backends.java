package dev.settle.app.session;

import dev.settle.app.config.Configuration;
import dev.settle.core.plan.Plan.BackendName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Which backend a run goes to. */
public final class Backends {
    private static final List<String> SLURM_TOOLS = List.of("sbatch", "squeue", "scancel");

    private Backends() {}

    /**
     * The backend of a run: the option's, else the environment's, the plan's, the configuration's, else slurm where its
     * tools are, else this machine.
     */
    public static BackendName choose(
            Optional<BackendName> option, Optional<BackendName> planned, Configuration configuration, String path) {
        return option.or(configuration.variables()::backend)
                .or(() -> planned)
                .or(configuration.files()::backend)
                .orElseGet(() -> missingTools(path).isEmpty() ? BackendName.SLURM : BackendName.LOCAL);
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
