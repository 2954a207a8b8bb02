package dev.settle.app;

import static dev.settle.app.SettleOnSlurm.field;
import static dev.settle.app.SettleOnSlurm.file;
import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.SettleOnSlurm.Ended;
import dev.settle.app.SettleOnSlurm.Started;
import dev.settle.core.json.Fields;
import dev.settle.testdata.SlurmCluster;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Two real clusters with one accounting, whose jobs have the same numbers. */
@EnabledIf("dev.settle.testdata.SlurmCluster#available")
final class RealClustersIT {
    private static final String FAST = "--interval=2s";

    private static SlurmCluster cluster;
    private static SlurmCluster second;
    private static SettleOnSlurm settle;

    @BeforeAll
    static void up() {
        cluster = SlurmCluster.up("Nodes=1");
        second = SlurmCluster.up("Nodes=1", "Name=lab2", "With=" + cluster.folder());
        settle = new SettleOnSlurm(cluster);
    }

    @AfterAll
    static void down() throws InterruptedException {
        settle.awaitDrivers();
        second.close();
        cluster.close();
    }

    @Test
    void eachJobIsJudgedAndCancelledOnItsCluster() throws Exception {
        Started run = settle.start("run", file("clusters.yaml", """
                name: clusters
                backend: slurm
                items:
                  - {id: here, command: "sleep 2"}
                  - {id: there, command: "sleep 2; exit 3", extra: ["--clusters=lab2"]}
                  - {id: any, command: "exit 4", extra: ["--clusters=lab,lab2"]}
                  - {id: own, command: "exit 5", extra: ["--clusters=lab"]}
                  - {id: long, command: "sleep 300", extra: ["-M lab2"]}
                """).toString(), FAST, "--json");
        settle.await("clusters", "running there", all -> field(all.get("long"), "state")
                .equals("running"));
        assertThat(settle.run("cancel", "clusters", "long").code()).isZero();
        Ended ended = run.end();
        assertThat(ended.code()).as(ended.err()).isEqualTo(1);
        Map<String, Fields> items = ended.items();
        assertThat(field(items.get("here"), "state")).isEqualTo("completed");
        assertThat(field(items.get("here"), "cluster")).isEmpty();
        assertThat(field(items.get("there"), "exit_code")).isEqualTo("3");
        assertThat(field(items.get("there"), "cluster")).isEqualTo("lab2");
        // Whichever of the two that cluster has its answer first.
        assertThat(field(items.get("there"), "confirmed_by")).isIn("controller", "accounting");
        assertThat(field(items.get("any"), "exit_code")).isEqualTo("4");
        assertThat(field(items.get("own"), "exit_code")).isEqualTo("5");
        assertThat(field(items.get("own"), "cluster")).isEmpty();
        assertThat(field(items.get("long"), "state")).isEqualTo("cancelled");
    }

    @Test
    void environmentSendsJobsElsewhereAndSteersNoQuestion() throws Exception {
        SettleOnSlurm elsewhere = settle.with(Map.of("SBATCH_CLUSTERS", "lab2", "SLURM_CLUSTERS", "lab2"));
        Ended run = elsewhere.run("run", "--name=away", "--json", FAST, "--", "sh", "-c", "exit 6");
        assertThat(run.code()).as(run.err()).isEqualTo(1);
        Fields item = run.items().values().iterator().next();
        assertThat(field(item, "cluster")).isEqualTo("lab2");
        assertThat(field(item, "exit_code")).isEqualTo("6");
        String here = cluster.run("sbatch", "--parsable", "--chdir=/tmp", "-o", "/dev/null", "--wrap=true")
                .strip();
        Ended watch = elsewhere.run("watch", "--job", here, "--exit-status", FAST);
        assertThat(watch.code()).as(watch.err()).isZero();
    }

    @Test
    void jobThatIsWatchedBySbatchsOwnWordsIsTheOneOfThatCluster() throws Exception {
        String there = cluster.run(
                        "sbatch", "--parsable", "-M", "lab2", "--chdir=/tmp", "-o", "/dev/null", "--wrap=exit 7")
                .strip();
        assertThat(there).endsWith(";lab2");
        Ended watch = settle.run("watch", "--job", there, "--exit-status", "--json", FAST);
        assertThat(watch.code()).as(watch.err()).isEqualTo(1);
        Fields item = watch.items().values().iterator().next();
        assertThat(field(item, "exit_code")).isEqualTo("7");
        assertThat(field(item, "cluster")).isEqualTo("lab2");
    }

    @Test
    void clusterThatAccountingDoesNotKnowIsRefused() throws Exception {
        Ended run = settle.with(Map.of("SBATCH_CLUSTERS", "nowhere")).run("run", "--backend=slurm", "--", "true");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("cluster nowhere is not known to Slurm's accounting, which has", "lab2");
        assertThat(settle.run("watch", "--job", "1", "-M", "nowhere").code()).isEqualTo(2);
    }
}
