package dev.settle.app;

import static dev.settle.app.SettleOnSlurm.field;
import static dev.settle.app.SettleOnSlurm.file;
import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.SettleOnSlurm.Ended;
import dev.settle.app.SettleOnSlurm.Started;
import dev.settle.core.json.Fields;
import dev.settle.testdata.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * A real Slurm that keeps no accounting and cancels what can never start: controller and exit records tell how jobs
 * ended. Its controller forgets a job at last, as one does that crashes before it has saved its state.
 */
@EnabledIf("dev.settle.testdata.SlurmCluster#available")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RealBareClusterIT {
    private static final String FAST = "--interval=2s";
    private static final long LOOKS_MAX = 120;

    private static SlurmCluster cluster;
    private static SettleOnSlurm settle;
    private static Started ends;
    private static Started foreign;
    private static Started nobodyKnows;
    private static Path inside;
    private static String array;
    private static String dead;
    private static String again;

    @BeforeAll
    static void everythingAtOnce() throws Exception {
        cluster = SlurmCluster.up("Accounting=no", "KillInvalidDepend=yes", "Nodes=2", "MinJobAge=60");
        settle = new SettleOnSlurm(cluster);
        String parent = sbatch("--wrap=sleep 4; exit 1");
        dead = sbatch("--dependency=afterok:" + parent, "--wrap=true");
        array = sbatch("--array=1-4", "--wrap=sleep $SLURM_ARRAY_TASK_ID; exit $SLURM_ARRAY_TASK_ID");
        ends = settle.start("run", file("bare.yaml", """
                name: bare
                backend: slurm
                defaults: {memory: 200M}
                items:
                  - {id: ok, command: "sleep 1"}
                  - {id: code, command: "exit 3"}
                  - {id: killed, command: "kill -9 $$", cpus: 2}
                  - {id: again, command: "[ $SLURM_RESTART_COUNT ] || sleep 300; exit 4", cpus: 3}
                  - {id: byRoot, command: "sleep 300", cpus: 4}
                  - {id: orphan, command: "true", extra: ["--dependency=afterok:%s"]}
                """.formatted(parent)).toString(), FAST, "--json");
        inside = settleWithinAnArrayTask();
        nobodyKnows = settle.start("watch", "--job", "99999", "--exit-status", "--settle-timeout=4s", FAST);
        Map<String, Fields> items = settle.await(
                "bare",
                "running",
                all -> field(all.get("again"), "state").equals("running")
                        && field(all.get("byRoot"), "state").equals("running"));
        again = field(items.get("again"), "job_id");
        foreign = settle.start(
                "watch", "--job", array + "_[1-2,4]," + dead + "," + again, "--exit-status", "--json", FAST);
        settle.await("job-" + array + "_1-" + array + "_2-" + array + "_4", "seen by the second watcher", all -> field(
                        all.get(again), "state")
                .equals("running"));
        cluster.runAsRoot("scontrol", "requeue", again);
        cluster.runAsRoot("scancel", field(items.get("byRoot"), "job_id"));
        settle.await(
                "bare", "requeued", all -> field(all.get("again"), "attempt").equals("2"));
        // Slurm lets two minutes pass before it starts a requeued job again.
        cluster.runAsRoot("scontrol", "update", "jobid=" + again, "StartTime=now");
    }

    @AfterAll
    static void down() throws InterruptedException {
        settle.awaitDrivers();
        cluster.close();
    }

    private static String sbatch(String... options) {
        String[] words = new String[options.length + 5];
        System.arraycopy(
                new String[] {"sbatch", "--parsable", "--mem=200", "--output=/dev/null", "--chdir=/"}, 0, words, 0, 5);
        System.arraycopy(options, 0, words, 5, options.length);
        return cluster.run(words).strip();
    }

    /** What the innermost job sees is written to a file. */
    private static Path settleWithinAnArrayTask() throws IOException {
        Path seen = Files.createTempDirectory("settle-inside").resolve("seen");
        Files.createFile(seen);
        cluster.runAsRoot("chown", "-R", SlurmCluster.USER, seen.getParent().toString());
        Path script = file("inside.sh", """
                #!/bin/sh
                export TZ=Asia/Tokyo LANG=xx_YY.UTF-8 JAVA_HOME='%s'
                '%s' run --backend slurm --name inside --memory 100M --interval 2s --quiet -- \\
                  sh -c 'echo "$TZ $LANG [$LC_ALL] [$SLURM_ARRAY_TASK_ID] [$SLURM_TIME_FORMAT] [$SBATCH_WAIT]" > %s'
                """.formatted(System.getProperty("java.home"), settle.launcher(), seen));
        cluster.run(
                "env",
                "SBATCH_WAIT=",
                "sbatch",
                "--array=7",
                "--mem=2000",
                "--output=/dev/null",
                "--chdir=/",
                script.toString());
        return seen;
    }

    private static void assertEnd(Fields item, String state, String reason, String confirmedBy) {
        assertThat(field(item, "state") + " " + field(item, "reason") + " " + field(item, "confirmed_by"))
                .as("end of %s: %s", field(item, "id"), field(item, "message"))
                .isEqualTo(state + " " + reason + " " + confirmedBy);
    }

    @Test
    @Order(1)
    void controllerAndExitRecordsConfirmWhereNobodyKeepsAccounting() throws Exception {
        Ended ended = ends.end();
        assertThat(ended.code()).as(ended.err()).isEqualTo(1);
        Map<String, Fields> items = ended.items();
        assertThat(field(items.get("ok"), "state") + " " + field(items.get("ok"), "exit_code"))
                .isEqualTo("completed 0");
        assertThat(field(items.get("ok"), "confirmed_by")).isIn("controller", "exit_record");
        assertThat(items.get("code").integer("exit_code")).isEqualTo(3);
        assertThat(items.get("killed").integer("signal")).isEqualTo(9);
        assertThat(items.get("again").integer("attempt")).isEqualTo(2);
        assertThat(items.get("again").integer("exit_code")).isEqualTo(4);
        assertEnd(items.get("byRoot"), "cancelled", "cancelled_by_other", "controller");
        assertThat(field(items.get("byRoot"), "message")).isEqualTo("squeue does not say by whom");
        assertEnd(items.get("orphan"), "failed", "dependency_never_satisfied", "controller");
        assertThat(ended.document().asMap().get("accounting_off")).isEqualTo(true);
        assertThat(settle.run("explain", "bare", "orphan").out())
                .contains("reason DependencyNeverSatisfied", "no accounting", "controller_without_accounting");
    }

    @Test
    @Order(2)
    void watchedJobsAreToldTheSameAndTasksAreTakenAsSqueueShowsThem() throws Exception {
        Ended ended = foreign.end();
        assertThat(ended.code()).as(ended.err()).isEqualTo(1);
        Map<String, Fields> items = ended.items();
        assertThat(items.keySet()).containsExactlyInAnyOrder(array + "_1", array + "_2", array + "_4", dead, again);
        assertThat(items.get(array + "_4").integer("exit_code")).isEqualTo(4);
        assertEnd(items.get(dead), "failed", "dependency_never_satisfied", "controller");
        assertThat(items.get(again).integer("attempt")).isEqualTo(2);
        assertThat(items.get(again).integer("exit_code")).isEqualTo(4);
    }

    @Test
    @Order(3)
    void unknownJobIsFiveWithoutAccountingAsWell() throws Exception {
        Ended ended = nobodyKnows.end();
        assertThat(ended.code()).as(ended.err()).isEqualTo(5);
    }

    @Test
    @Order(4)
    void jobSeesTheUsersZoneAndNothingOfTheArrayTaskThatSettleRunsIn() throws Exception {
        for (long i = 0; i < LOOKS_MAX && Files.size(inside) == 0; i++) {
            TimeUnit.MILLISECONDS.sleep(500);
        }
        assertThat(Files.readString(inside)).isEqualTo("Asia/Tokyo xx_YY.UTF-8 [] [] [] []\n");
    }

    /** One background driver submits what two shells created; the first of them started it. */
    @Test
    @Order(5)
    void jobsBeginWithTheEnvironmentOfTheShellThatCreatedTheirRun() throws Exception {
        for (String backend : List.of("slurm", "local")) {
            for (String shell : List.of("first", "second")) {
                Path file = file(shell + ".yaml", """
                        name: %s-%s
                        backend: %s
                        items:
                          - {id: a, command: "sleep 1", memory: 100M}
                          - {id: b, command: "test $SHELL_OF_USER = %s", memory: 100M, deps: [a]}
                        """.formatted(shell, backend, backend, shell));
                cluster.run(
                        "env",
                        "JAVA_HOME=" + System.getProperty("java.home"),
                        "SHELL_OF_USER=" + shell,
                        settle.launcher().toString(),
                        "submit",
                        file.toString(),
                        FAST);
            }
        }
        for (String run : List.of("first-slurm", "second-slurm", "first-local", "second-local")) {
            Ended ended = settle.run("watch", run, "--exit-status");
            assertThat(ended.code()).as(run + ended.out() + ended.err()).isZero();
        }
    }

    /** The controller dies before it has saved a job, and gives its id to another job of the same user. */
    @Test
    @Order(6)
    void jobThatGotTheIdOfAForgottenOneIsNotCancelled() throws Exception {
        String state = cluster.folder().resolve("state").toString();
        cluster.control("ctld", "stop");
        cluster.runAsRoot("cp", "-a", state, state + ".before");
        cluster.control("ctld", "start");
        settle.run("submit", file("forgotten.yaml", """
                name: forgotten
                backend: slurm
                items: [{id: mine, command: "true", memory: 200M, extra: ["--begin=now+60minutes"]}]
                """).toString(), FAST, "--settle-timeout=3s");
        Map<String, Fields> items = settle.await(
                "forgotten", "queued", all -> field(all.get("mine"), "state").equals("queued"));
        String job = field(items.get("mine"), "job_id");
        cluster.control("ctld", "kill");
        cluster.runAsRoot("rm", "-r", state);
        cluster.runAsRoot("mv", state + ".before", state);
        cluster.control("ctld", "start");
        String theirs = sbatch("--job-name=theirs", "--begin=now+60minutes", "--wrap=true");
        assertThat(theirs).isEqualTo(job);
        Ended cancelled = settle.run("cancel", "forgotten");
        assertThat(cancelled.code()).as(cancelled.err()).isZero();
        assertThat(cluster.run("squeue", "-h", "-o", "%j %T", "-j", job).strip())
                .isEqualTo("theirs PENDING");
    }
}
