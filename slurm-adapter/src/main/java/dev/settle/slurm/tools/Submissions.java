package dev.settle.slurm.tools;

import dev.settle.core.environment.JobOrigin;
import dev.settle.core.environment.ProcessSettings;
import dev.settle.core.text.ShellText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What sbatch is run with, and hands on to jobs: the user's environment, limits and umask, in the folder of the user.
 *
 * @param origin what jobs begin with
 * @param ours what this process would hand on, which may be a driver that was started elsewhere
 * @param directory where the run was created; Slurm calls it SLURM_SUBMIT_DIR
 */
public record Submissions(JobOrigin origin, ProcessSettings ours, Path directory) {

    /** A shell script that becomes this command. */
    public byte[] script(List<String> argv, Map<String, String> calling) {
        List<String> before = new ArrayList<>();
        // A folder that is gone since keeps no job from being submitted: where it runs is the wrapper's to say.
        before.add("cd " + ShellText.quote(directory.toString()) + " 2>/dev/null || cd /");
        List<String> through = origin.settings()
                .map(settings -> {
                    if (!settings.umask().equals(ours.umask())) {
                        before.add("umask " + settings.umask());
                    }
                    return settings.through(ours);
                })
                .orElse(List.of());
        return ToolEnvironment.ofSubmission(calling, origin.variables())
                .shellScript(before, through, argv, origin.secrets());
    }
}
