package dev.settle.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.testdata.TestData;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

final class ClusterLimitsTest {
    @Test
    void recordedConfigurationTellsTheLargestArray() throws Exception {
        String config = Files.readString(
                TestData.path("slurm", "traces", "22.05.8", "sacct-window-oddities", "25-scontrol-config.txt"));
        assertThat(ClusterLimits.arrayTasks(config)).hasValue(1001);
    }

    @Test
    void clusterWithoutArraysTakesSingleJobs() {
        assertThat(ClusterLimits.arrayTasks("MaxArraySize = 0\nMaxJobCount = 10000\n"))
                .hasValue(1);
    }

    @Test
    void arrayIsNoLargerThanAllJobsTogether() {
        assertThat(ClusterLimits.arrayTasks("MaxArraySize            = 100001\nMaxJobCount             = 5000\n"))
                .hasValue(5000);
    }

    @Test
    void answerWithoutTheLimitIsNoLimit() {
        assertThat(ClusterLimits.arrayTasks("slurm_load_ctl_conf error: Unable to contact slurm controller"))
                .isEmpty();
    }
}
