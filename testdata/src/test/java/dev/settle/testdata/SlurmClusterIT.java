package dev.settle.testdata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf("dev.settle.testdata.SlurmCluster#available")
class SlurmClusterIT {

    @Test
    void jobsRunAsTheUnprivilegedUserAndReachAccounting() throws InterruptedException {
        SlurmCluster cluster = SlurmCluster.shared();
        String id = cluster.run("sbatch", "--parsable", "--chdir=/tmp", "-o", "/dev/null", "--wrap=exit 3")
                .strip();
        String row = "";
        for (int i = 0; i < 300 && !row.contains("FAILED"); i++) {
            Thread.sleep(100);
            row = cluster.run("sacct", "-nPX", "-o", "JobID,User,State,ExitCode", "-j", id);
        }
        assertThat(row).isEqualTo(id + "|" + SlurmCluster.USER + "|FAILED|3:0\n");
    }

    @Test
    void aSpentAccountWaitsUntilItHasCredit() throws InterruptedException {
        SlurmCluster cluster = SlurmCluster.shared().withAccounts();
        String id = cluster.run("sbatch", "--parsable", "-A", "spent", "--chdir=/tmp", "-o", "/dev/null", "--wrap=true")
                .strip();
        Thread.sleep(1000);
        assertThat(cluster.run("squeue", "-h", "-o", "%T %r", "-j", id)).isEqualTo("PENDING AssocGrpCPUMinutesLimit\n");
        cluster.credit("spent", "cpu=100");
        String state = "";
        for (int i = 0; i < 300 && !state.equals("COMPLETED\n"); i++) {
            Thread.sleep(100);
            state = cluster.run("squeue", "-h", "-t", "all", "-o", "%T", "-j", id);
        }
        assertThat(state).isEqualTo("COMPLETED\n");
        cluster.credit("spent", "cpu=0");
    }

    @Test
    void controllerThatLostItsLatestStateForgetsJobsAndGivesTheirIdsAgain() {
        try (SlurmCluster own = SlurmCluster.up("Nodes=1")) {
            own.control("ctld", "save");
            String id = own.run("sbatch", "--parsable", "--chdir=/tmp", "-o", "/dev/null", "--wrap=sleep 300");
            own.control("ctld", "lose");
            assertThat(own.run("squeue", "-h", "-t", "all")).isEmpty();
            assertThat(own.run("sbatch", "--parsable", "--chdir=/tmp", "-o", "/dev/null", "--wrap=true"))
                    .isEqualTo(id);
        }
    }

    @Test
    void aClusterOfItsOwnLivesBesideTheSharedOneAndLeavesNothing() {
        SlurmCluster.shared();
        SlurmCluster own = SlurmCluster.up("Accounting=no");
        own.control("ctld", "kill");
        own.control("ctld", "start");
        assertThat(own.run("squeue", "-h")).isEmpty();
        assertThatThrownBy(() -> own.run("sacct", "-X")).hasMessageContaining("Slurm accounting storage is disabled");
        own.close();
        assertThat(Files.exists(own.folder())).isFalse();
        assertThat(SlurmCluster.shared().runAsRoot("scontrol", "ping")).contains("UP");
    }
}
