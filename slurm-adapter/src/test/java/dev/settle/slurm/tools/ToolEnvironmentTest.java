package dev.settle.slurm.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.environment.EnvironmentBlock;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What of the user's environment reaches Slurm's commands, and through sbatch the jobs. */
final class ToolEnvironmentTest {
    private static final Map<String, String> USER = Map.of(
            "PATH", "/usr/bin",
            "TZ", "Europe/Berlin",
            "LC_ALL", "de_DE.UTF-8",
            "SBATCH_ACCOUNT", "physics",
            "SQUEUE_FORMAT", "%i",
            "SLURM_CONF", "/etc/slurm.conf");

    private static Map<String, String> with(String... more) {
        Map<String, String> variables = new HashMap<>(USER);
        for (int i = 0; i < more.length; i += 2) {
            variables.put(more[i], more[i + 1]);
        }
        return variables;
    }

    private static Map<String, String> ofSubmission(Map<String, String> ours) {
        return ToolEnvironment.ofSubmission(ours, EnvironmentBlock.of(ours)).texts();
    }

    @Test
    void jobsGetTheUsersZoneAndLocaleAndNothingOfOurs() {
        assertThat(ofSubmission(USER)).isEqualTo(USER);
        // --begin=16:00 is the user's four o'clock.
        assertThat(ofSubmission(Map.of("PATH", "/usr/bin"))).isEqualTo(Map.of("PATH", "/usr/bin"));
    }

    @Test
    void questionsAreAskedInUtcWithoutTheUsersFormats() {
        assertThat(ToolEnvironment.ofQuestion(USER))
                .containsEntry("TZ", "UTC")
                .containsEntry("LC_ALL", "C")
                .containsEntry("SLURM_CONF", "/etc/slurm.conf")
                .doesNotContainKey("SQUEUE_FORMAT");
    }

    @Test
    void questionsGoToTheClusterThatTheyAreMeantForWhateverTheUserSet() {
        Map<String, String> steered = with(
                "SLURM_CLUSTERS", "other",
                "SBATCH_CLUSTERS", "other",
                "SLURM_WORKING_CLUSTER", "other:10.0.0.1:6817:9728",
                "SQUEUE_STATES", "RUNNING",
                "SQUEUE_USERS", "nobody",
                "SACCT_FEDERATION", "1",
                "SACCT_FORMAT", "jobid",
                "SINFO_FORMAT", "%N",
                "SCANCEL_USER", "nobody",
                "SLURM_TIME_FORMAT", "relative",
                "SLURM_BITSTR_LEN", "8",
                "SLURM_TOPO_LEN", "8",
                "SLURM_JSON", "pretty",
                "SLURM_DEBUG_FLAGS", "all",
                "SLURM_EXIT_ERROR", "0",
                "SLURM_JWT", "token");
        assertThat(ToolEnvironment.ofQuestion(steered))
                .isEqualTo(Map.of(
                        "PATH", "/usr/bin",
                        "TZ", "UTC",
                        "LC_ALL", "C",
                        "SLURM_CONF", "/etc/slurm.conf",
                        "SLURM_JWT", "token",
                        "SLURM_TIME_FORMAT", "standard",
                        "SLURM_BITSTR_LEN", "0"));
    }

    @Test
    void submissionsGoToTheClusterOfTheJobsEnvironmentAndNotOfTheProcessThatSends() {
        assertThat(ToolEnvironment.ofSubmission(with("SLURM_CLUSTERS", "other"), EnvironmentBlock.of(USER))
                        .texts())
                .isEqualTo(USER);
        assertThat(ToolEnvironment.ofSubmission(USER, EnvironmentBlock.of(with("SLURM_CLUSTERS", "other")))
                        .texts())
                .containsEntry("SLURM_CLUSTERS", "other");
    }

    @Test
    void cancellationsAreNotNarrowedByTheUsersFilters() {
        assertThat(ToolEnvironment.ofQuestion(with("SCANCEL_STATE", "PENDING", "SCANCEL_INTERACTIVE", "1")))
                .doesNotContainKeys("SCANCEL_STATE", "SCANCEL_INTERACTIVE");
    }

    @Test
    void submissionsAreNotTurnedIntoOthersByTheUsersDefaults() {
        assertThat(ofSubmission(with(
                        "SBATCH_WAIT",
                        "1",
                        "SBATCH_ARRAY_INX",
                        "1-9",
                        "SBATCH_ERROR",
                        "x",
                        "SLURM_RESTART_COUNT",
                        "2")))
                .isEqualTo(USER);
    }

    @Test
    void jobsSubmittedFromWithinAJobHearNothingOfThatJob() {
        Map<String, String> inside = with(
                "SLURM_JOB_ID", "77",
                "SLURM_ARRAY_TASK_ID", "5",
                "SLURM_ARRAY_JOB_ID", "70",
                "SLURM_RESTART_COUNT", "2",
                "SLURM_NTASKS", "4",
                "SLURMD_NODENAME", "n1");
        assertThat(ofSubmission(inside)).isEqualTo(USER);
    }

    @Test
    void jobsBeginWithTheirOwnEnvironmentOnTheClusterThatIsAsked() {
        Map<String, String> ofJobs = Map.of("PATH", "/venv/bin:/usr/bin", "SLURM_CONF", "/elsewhere", "A", "1");
        assertThat(ToolEnvironment.ofSubmission(USER, EnvironmentBlock.of(ofJobs))
                        .texts())
                .isEqualTo(Map.of("PATH", "/venv/bin:/usr/bin", "SLURM_CONF", "/etc/slurm.conf", "A", "1"));
    }

    @Test
    void toolsAreFoundOnThePathOfTheCallingProcess() {
        assertThat(ToolEnvironment.program(Map.of("PATH", "rel:/nowhere:/bin:/usr/bin"), "sh"))
                .isEqualTo("/bin/sh");
        assertThat(ToolEnvironment.program(Map.of("PATH", "/nowhere"), "sh")).isEqualTo("sh");
    }
}
