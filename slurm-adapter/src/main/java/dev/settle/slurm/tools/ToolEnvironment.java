package dev.settle.slurm.tools;

import dev.settle.core.environment.EnvironmentBlock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The variables that Slurm's commands get: questions are asked in a fixed form, submissions in the user's own. */
public final class ToolEnvironment {
    private static final String SUBMISSION = "sbatch";
    private static final String SETSID = "setsid";

    /**
     * Variables that Slurm's tools read as if they were options: what they print, which cluster they ask, which jobs
     * scancel takes. Questions are settle's own, so that none of the user's settings is for them.
     */
    private static final List<String> OF_QUESTIONS = List.of(
            "SLURM",
            "SQUEUE_",
            "SACCT_",
            "SACCTMGR_",
            "SINFO_",
            "SCONTROL_",
            "SSHARE_",
            "SPRIO_",
            "SCANCEL_",
            "SBATCH_");

    /** Of these the ones that say how Slurm is reached. */
    private static final Set<String> HOW_TO_REACH = Set.of(
            "SLURM_CONF", "SLURM_CONF_SERVER", "SLURM_JWT", "SLURM_SACK_KEY", "SLURM_SACK_SOCKET", "SLURM_SACK_JWKS");

    /** Of the user's own settings those that would make another submission of the one that is asked for; and
     *  the count of restarts, which Slurm sets only in a job that it has started again. */
    private static final Set<String> OF_SUBMISSIONS =
            Set.of("SBATCH_ARRAY_INX", "SBATCH_ERROR", "SBATCH_WAIT", "SLURM_RESTART_COUNT");

    /** Set by Slurm in every job. */
    private static final String IN_A_JOB = "SLURM_JOB_ID";

    /** What Slurm's commands read, as opposed to what Slurm tells a job about itself. */
    private static final Set<String> READ_BY_TOOLS = Set.of(
            "SLURM_CONF", "SLURM_CONF_SERVER", "SLURM_DEBUG_FLAGS", "SLURM_EXIT_ERROR", "SLURM_JWT", "SLURM_UMASK");

    private ToolEnvironment() {}

    /** Whether a command hands its environment on to jobs. */
    static boolean isSubmission(String tool) {
        return tool.equals(SUBMISSION);
    }

    /**
     * The program behind a command's name, found where the calling process would find it: jobs may have been given a
     * path on which there is none. The name itself where it is not found.
     */
    static String program(Map<String, String> ours, String tool) {
        for (String folder : ours.getOrDefault("PATH", "").split(":")) {
            Path program = folder.startsWith("/") ? Path.of(folder, tool) : Path.of(tool);
            if (program.isAbsolute() && Files.isExecutable(program) && !Files.isDirectory(program)) {
                return program.toString();
            }
        }
        return tool;
    }

    /** The words that start a command in a session of its own and wait for it; none where there is no setsid(1). */
    static List<String> ownSession(Map<String, String> ours) {
        for (String program : List.of(program(ours, SETSID), "/usr/bin/" + SETSID, "/bin/" + SETSID)) {
            if (program.startsWith("/") && Files.isExecutable(Path.of(program))) {
                return List.of(program, "-w");
            }
        }
        return List.of();
    }

    /** What a question gets, of the variables of the calling process. */
    static Map<String, String> ofQuestion(Map<String, String> ours) {
        Map<String, String> variables = new HashMap<>(ours);
        variables
                .keySet()
                .removeIf(name ->
                        !HOW_TO_REACH.contains(name) && OF_QUESTIONS.stream().anyMatch(name::startsWith));
        variables.put("LC_ALL", "C");
        variables.put("TZ", "UTC");
        variables.put("SLURM_TIME_FORMAT", "standard");
        // Without it squeue cuts lists of array tasks to 64 characters.
        variables.put("SLURM_BITSTR_LEN", "0");
        return variables;
    }

    /**
     * sbatch hands its environment on to the job, and reads times such as {@code --begin=16:00} in its zone: both are the
     * user's. What is said of a job in which settle itself runs must not reach another one: its wrapper would take the
     * number of that job's array task for its own.
     */
    public static EnvironmentBlock ofSubmission(Map<String, String> ours, EnvironmentBlock ofJobs) {
        boolean inAJob = ofJobs.has(IN_A_JOB);
        // Slurm is reached as it is for questions; the clusters that a submission names are its options.
        return ofJobs.without(name -> OF_SUBMISSIONS.contains(name)
                        || (inAJob && name.startsWith("SLURM") && !READ_BY_TOOLS.contains(name)))
                .with(READ_BY_TOOLS, EnvironmentBlock.of(ours));
    }
}
