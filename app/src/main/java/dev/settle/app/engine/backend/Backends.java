package dev.settle.app.engine.backend;

import dev.settle.app.config.Configuration;
import dev.settle.app.process.Environment;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.core.model.Plan.BackendName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Which backend the runs of one command go to; whether Slurm answers is found out once. */
public final class Backends {
    private static final List<String> SLURM_TOOLS = List.of("sbatch", "squeue", "scancel");

    private final Optional<BackendName> option;
    private final Configuration configuration;
    private final Environment environment;
    private Optional<BackendName> found = Optional.empty();

    /** @param option what the command line says */
    public Backends(Optional<BackendName> option, Configuration configuration, Environment environment) {
        this.option = option;
        this.configuration = configuration;
        this.environment = environment;
    }

    /**
     * The backend of a run: the option's, else the environment's, the plan's, the configuration's, else slurm where its
     * tools answer, else this machine.
     */
    public BackendName choose(Optional<BackendName> planned) {
        return option.or(configuration.variables()::backend)
                .or(() -> planned)
                .or(configuration.files()::backend)
                .orElseGet(this::found);
    }

    private BackendName found() {
        if (found.isEmpty()) {
            boolean answers = missingTools().isEmpty() && SlurmProbe.isSetUp(environment.variables());
            found = Optional.of(answers ? BackendName.SLURM : BackendName.LOCAL);
        }
        return found.get();
    }

    private List<String> missingTools() {
        return missingTools(environment.searchPath());
    }

    /** @throws Failure 69 when Slurm's tools are not on PATH */
    public static void requireTools(Environment environment, String fix) {
        List<String> missing = missingTools(environment.searchPath());
        if (!missing.isEmpty()) {
            throw new Failure(
                    ExitStatus.SCHEDULER_UNREACHABLE,
                    List.of("the Slurm tools are not on PATH: " + String.join(" ", missing), fix));
        }
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
