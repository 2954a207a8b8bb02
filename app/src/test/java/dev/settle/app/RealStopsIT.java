package dev.settle.app;

import static dev.settle.app.SettleOnSlurm.field;
import static dev.settle.app.SettleOnSlurm.file;
import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.SettleOnSlurm.Ended;
import dev.settle.app.SettleOnSlurm.Started;
import dev.settle.core.json.Fields;
import dev.settle.testdata.SlurmCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Why items and runs end, on a real Slurm that forgets ended jobs after 20 s and kills running jobs whose credit is
 * spent or which use too much memory. Each test starts what it looks at; they mostly wait, and wait at the same time where
 * the build allows it (app/pom.xml).
 */
@EnabledIf("dev.settle.testdata.SlurmCluster#available")
final class RealStopsIT {
    private static final String FAST = "--interval=3s";
    private static final String CREDITS = "credits: {topup_url: \"https://hpc.example/topup\"}\n";

    /** Nodes 4 to 6 are taken away from their jobs, or wanted whole. */
    private static final String AWAY_FROM_TROUBLE = "'--exclude=n[4-6]'";

    /** Brought up by the first test that needs it. */
    private static final class Strict {
        private static final SlurmCluster CLUSTER = SlurmCluster.up(
                        "Nodes=6",
                        "MinJobAge=20",
                        "Enforce=associations,limits,qos",
                        "OverMemoryKill=yes",
                        "NodeTimeout=10")
                .withAccounts();
        private static final SettleOnSlurm SETTLE = new SettleOnSlurm(CLUSTER);
    }

    @AfterAll
    static void down() {
        Strict.CLUSTER.close();
    }

    private static SlurmCluster cluster() {
        return Strict.CLUSTER;
    }

    private static SettleOnSlurm settle() {
        return Strict.SETTLE;
    }

    /** On the nodes that nobody takes away. */
    private static Started start(String name, String items, String... more) throws Exception {
        return start(settle(), name, ", extra: [" + AWAY_FROM_TROUBLE + "]", items, more);
    }

    private static Started start(SettleOnSlurm where, String name, String defaults, String items, String... more)
            throws Exception {
        String head = "name: " + name + "\nbackend: slurm\ndefaults: {memory: 200M" + defaults + "}\n";
        List<String> words = new ArrayList<>(List.of(
                "run",
                file(name + ".yaml", head + items.replace("QUIET", AWAY_FROM_TROUBLE))
                        .toString(),
                FAST));
        words.addAll(more.length > 0 ? List.of(more) : List.of("--json"));
        return where.start(words.toArray(String[]::new));
    }

    private static Started watch(SettleOnSlurm where, String jobs) throws Exception {
        return where.start("watch", "--job", jobs, "--exit-status", "--json", FAST);
    }

    private static String sbatch(String... options) {
        List<String> words =
                new ArrayList<>(List.of("sbatch", "--parsable", "--mem=200", "--output=/dev/null", "--chdir=/"));
        if (Stream.of(options).noneMatch(option -> option.startsWith("--nodelist"))) {
            words.add("--exclude=n[4-6]");
        }
        words.addAll(List.of(options));
        return cluster().run(words.toArray(String[]::new)).strip();
    }

    private static void assertEnd(Fields item, String state, String reason) {
        assertThat(field(item, "state") + " " + field(item, "reason"))
                .as("%s", item.asMap())
                .isEqualTo(state + " " + reason);
    }

    private static void assertEnd(Fields item, String state, String reason, String message) {
        assertEnd(item, state, reason);
        assertThat(field(item, "message")).contains(message);
    }

    private static void assertOutOfCredits(Ended ended, String... inDetail) throws Exception {
        assertThat(ended.code()).as(ended.err()).isEqualTo(3);
        Fields document = ended.document();
        Fields stop = document.object("stop");
        assertThat(stop.text("reason")).isEqualTo("out_of_credits");
        assertThat(stop.text("headline")).isEqualTo("Run interrupted: out of credits.");
        assertThat(stop.text("detail")).contains(inDetail);
        assertThat(document.text("state")).isEqualTo("interrupted");
    }

    /** What Slurm, other users, the administrator and the machines do to jobs. */
    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    final class Ends {
        /** Every way for a job to end that Slurm has a word for. */
        private static final String ENDS = """
                items:
                  - {id: ok, command: "sleep 1"}
                  - {id: code, command: "echo it went wrong >&2; exit 3"}
                  - {id: usr1, command: "kill -USR1 $$"}
                  - {id: memory, command: "perl -e '$x = q(x) x 300e6; sleep 60'", memory: 50M}
                  - {id: trapper, command: "trap 'exit 0' TERM; while :; do sleep 1; done", time_limit: 1m, extra: [QUIET]}
                  - {id: byRoot, command: "sleep 300", extra: [QUIET]}
                  - {id: byUser, command: "sleep 300", extra: [QUIET]}
                  - {id: task, matrix: {n: [1, 2, 3]}, command: "[ {n} != 2 ] || sleep 240; sleep 60", cpus: 2,
                     extra: [QUIET]}
                  - {id: held, command: "true", extra: ["--hold"]}
                  - {id: released, command: "true", extra: ["--begin=now+60minutes", QUIET]}
                  - {id: again, command: "[ $SLURM_RESTART_COUNT ] || sleep 300", cpus: 3, extra: [QUIET]}
                  - {id: lostNode, command: "sleep 300", extra: ["--nodelist=n6", "--no-requeue"], cpus: 4}
                  - {id: pushedOut, command: "sleep 300", qos: lowc, extra: ["--nodelist=n5"], cpus: 32}
                  - {id: pushedBack, command: "[ $SLURM_RESTART_COUNT ] || sleep 300", qos: low,
                     extra: ["--nodelist=n4"], cpus: 32}
                  - {id: tooLate, command: "sleep 300", time_limit: 1m,
                     extra: ["--deadline=now+63seconds", "--begin=now+30seconds", QUIET]}
                  - {id: overWall, command: "true", qos: qwall, time_limit: 5m}
                  - {id: overPartition, command: "true", partition: tiny, time_limit: 30m}
                  - {id: overNodes, command: "true", extra: ["--nodes=9"]}
                  - {id: overCpus, command: "true", cpus: 64}
                  - {id: orphan, command: "true", extra: ["--dependency=afterok:%s"]}
                  - {id: noOutput, command: "true", output: /nonexistent/x, cpus: 5}
                  - {id: noInterpreter, script: %s}
                  - {id: noAccount, command: "true", account: nope}
                """;

        @Test
        void endsAreReportedByTheirReasonToTheRunAndToAWatcherOfItsJobs() throws Exception {
            // It fails once the job that depends on it is there: Slurm forgets a failure soon, and the dependency with
            // it.
            String toFail = sbatch("--hold", "--wrap=exit 3");
            String script =
                    file("script.sh", "#!/nonexistent/interpreter\ntrue\n").toString();
            Started ends = start(settle(), "ends", "", ENDS.formatted(toFail, script));
            Map<String, Fields> running = awaitRunning();
            cluster().run("scontrol", "release", toFail);
            Started watcher = watchThem(running);
            meddle(running);
            assertEnds(ends.end());
            assertWatched(watcher.end(), running);
            assertHeadline(settle().run("watch", "ends", "--plain"));
        }

        private Map<String, Fields> awaitRunning() throws Exception {
            Set<String> toRun = Set.of("byRoot", "byUser", "task[n=2]", "again", "lostNode", "pushedOut", "pushedBack");
            return settle().await(
                            "ends",
                            "running",
                            items -> items.entrySet().stream()
                                            .filter(item -> toRun.contains(item.getKey()))
                                            .allMatch(item -> field(item.getValue(), "state")
                                                    .equals("running"))
                                    && Stream.of("held", "released").allMatch(id -> field(items.get(id), "state")
                                            .equals("queued")));
        }

        private Started watchThem(Map<String, Fields> running) throws Exception {
            List<String> jobs = Stream.of(
                            "lostNode", "pushedOut", "again", "byRoot", "byUser", "tooLate", "trapper", "released")
                    .map(item -> job(running, item))
                    .toList();
            String array = job(running, "task[n=1]");
            Started watcher = watch(settle(), String.join(",", jobs) + "," + array.substring(0, array.indexOf('_')));
            settle().await(
                            "job-" + String.join("-", jobs.subList(0, 3)),
                            "seen by the second watcher",
                            items -> jobs.stream().limit(5).allMatch(job -> field(items.get(job), "state")
                                    .equals("running")));
            return watcher;
        }

        private void meddle(Map<String, Fields> running) throws Exception {
            cluster().runAsRoot("scontrol", "hold", job(running, "released"));
            cluster().runAsRoot("scancel", job(running, "byRoot"));
            cluster().run("scancel", job(running, "byUser"));
            cluster().run("scancel", job(running, "task[n=2]"));
            cluster().runAsRoot("scontrol", "requeue", job(running, "again"));
            cluster().control("node", "kill", "6");
            sbatch("--qos=highc", "--nodelist=n5", "--cpus-per-task=32", "--wrap=sleep 1");
            sbatch("--qos=high", "--nodelist=n4", "--cpus-per-task=32", "--wrap=sleep 1");
            Map<String, Fields> later = settle().await(
                            "ends",
                            "held by root and requeued",
                            items -> field(items.get("released"), "wait_reason").equals("JobHeldAdmin")
                                    && field(items.get("again"), "wait_reason").equals("BeginTime")
                                    && field(items.get("pushedBack"), "attempt").equals("2"));
            assertThat(field(later.get("held"), "wait_reason")).isEqualTo("JobHeldUser");
            Ended told = settle().run("status", "ends");
            assertThat(told.out())
                    .contains("JobHeldUser, held by its owner")
                    .contains("JobHeldAdmin, held by an administrator");
            cluster().runAsRoot("scancel", job(running, "held"));
            cluster().runAsRoot("scontrol", "release", job(running, "released"));
            // Slurm lets two minutes pass before it starts a requeued job again.
            for (String id : List.of("released", "again", "pushedBack")) {
                cluster().runAsRoot("scontrol", "update", "jobid=" + job(running, id), "StartTime=now");
            }
        }

        private String job(Map<String, Fields> running, String item) {
            return field(running.get(item), "job_id");
        }

        private void assertEnds(Ended ended) throws Exception {
            assertThat(ended.code()).isEqualTo(1);
            Map<String, Fields> items = ended.items();
            assertEnd(items.get("ok"), "completed", "ok");
            assertEnd(items.get("code"), "failed", "exit_code");
            assertEnd(items.get("usr1"), "failed", "signal");
            assertThat(items.get("usr1").integer("signal")).isEqualTo(10);
            assertEnd(items.get("memory"), "failed", "out_of_memory", "exceeded memory limit");
            assertEnd(items.get("trapper"), "failed", "time_limit");
            assertEnd(items.get("byRoot"), "cancelled", "cancelled_by_other", "cancelled by root");
            assertEnd(items.get("byUser"), "cancelled", "cancelled_by_user");
            assertEnd(items.get("task[n=1]"), "completed", "ok");
            assertEnd(items.get("task[n=2]"), "cancelled", "cancelled_by_user");
            assertEnd(items.get("task[n=3]"), "completed", "ok");
            assertEnd(items.get("held"), "cancelled", "cancelled_while_pending", "cancelled by root");
            assertEnd(items.get("released"), "completed", "ok");
            assertEnd(items.get("again"), "completed", "ok");
            assertThat(items.get("again").integer("attempt")).isEqualTo(2);
            assertEnd(items.get("lostNode"), "failed", "node_failure", "node n6 failed");
            assertEnd(items.get("pushedOut"), "failed", "preempted");
            assertEnd(items.get("pushedBack"), "completed", "ok");
            assertThat(items.get("pushedBack").integer("attempt")).isEqualTo(2);
            assertEnd(items.get("tooLate"), "failed", "deadline");
            assertEnd(items.get("overWall"), "failed", "can_never_start", "QOSMaxWallDurationPerJobLimit");
            assertEnd(items.get("overPartition"), "failed", "can_never_start", "PartitionTimeLimit");
            assertEnd(items.get("overNodes"), "failed", "can_never_start", "PartitionNodeLimit");
            assertEnd(items.get("overCpus"), "failed", "can_never_start", "node configuration is not available");
            assertEnd(items.get("orphan"), "failed", "dependency_never_satisfied", "DependencyNeverSatisfied");
            assertEnd(items.get("noOutput"), "failed", "launch_failure");
            assertThat(field(items.get("noOutput"), "exit_code")).isEmpty();
            assertEnd(items.get("noInterpreter"), "failed", "launch_failure", "/nonexistent/interpreter");
            assertEnd(items.get("noAccount"), "failed", "submission_refused", "Invalid account");
        }

        private void assertHeadline(Ended told) {
            assertThat(told.code()).isZero();
            String all = told.out() + told.err();
            assertThat(all.lines()
                            .filter(line -> line.startsWith("Run failed:"))
                            .findFirst())
                    .hasValueSatisfying(line -> assertThat(line)
                            .startsWith("Run failed: 19 of 25 items failed (")
                            .contains(
                                    "4 can never start",
                                    "2 launch failure",
                                    "1 out of memory",
                                    "1 with exit code 3",
                                    "1 by signal 10 (SIGUSR1)"));
            assertThat(all)
                    .containsPattern("code +exit code 3, on n\\d+ after [0-9.]+s\n +\\| it went wrong\n")
                    .containsPattern("usr1 +signal 10 \\(SIGUSR1\\), on n\\d+")
                    .containsPattern("lostNode +node failure, on n6 after [0-9.]+s")
                    .contains("More detail:", "settle explain ");
        }

        private void assertWatched(Ended ended, Map<String, Fields> running) throws Exception {
            assertThat(ended.code()).as(ended.err()).isEqualTo(1);
            Map<String, Fields> items = ended.items();
            assertEnd(items.get(job(running, "byRoot")), "cancelled", "cancelled_by_other", "cancelled by root");
            assertEnd(items.get(job(running, "byUser")), "cancelled", "cancelled_by_user");
            assertEnd(items.get(job(running, "again")), "completed", "ok");
            assertThat(items.get(job(running, "again")).integer("attempt")).isEqualTo(2);
            assertEnd(items.get(job(running, "lostNode")), "failed", "node_failure", "node n6 failed");
            assertEnd(items.get(job(running, "pushedOut")), "failed", "preempted");
            assertEnd(items.get(job(running, "tooLate")), "failed", "deadline");
            assertEnd(items.get(job(running, "trapper")), "failed", "time_limit");
            assertEnd(items.get(job(running, "released")), "completed", "ok");
            assertEnd(items.get(job(running, "task[n=1]")), "completed", "ok");
            assertEnd(items.get(job(running, "task[n=2]")), "cancelled", "cancelled_by_user");
            assertThat(field(ended.document().object("stop"), "hint")).doesNotContain("resume");
        }
    }

    /** Out of credits, in each of its forms, and limits that are none. */
    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    final class Credits {
        /** (a) sbatch is refused by a limit on minutes. */
        @Test
        void refusedSubmissionInterruptsTheRun() throws Exception {
            Ended ended = start("refused", CREDITS + """
                    items:
                      - {id: fine, command: "true"}
                      - {id: no, command: "true", qos: qdeny, time_limit: 4m, deps: [fine]}
                      - {id: later, command: "true", deps: [no]}
                    """).end();
            assertOutOfCredits(ended, "QOSGrpCPUMinutesLimit", "QOS qdeny has spent 0 of 1 cpu minutes");
            assertThat(ended.document().object("stop").text("hint"))
                    .startsWith("Top up at https://hpc.example/topup, then continue: settle resume ");
            Map<String, Fields> items = ended.items();
            assertEnd(items.get("fine"), "completed", "ok");
            assertEnd(items.get("no"), "not_started", "out_of_credits");
            assertEnd(items.get("later"), "not_started", "out_of_credits");
            assertThat(settle().run("watch", "refused").out())
                    .contains("Kept: 1 of 3 items completed; 2 never started.");
        }

        /** (b) jobs wait for credit; they are withdrawn, and a resume submits them anew. */
        @Test
        void waitingJobsAreWithdrawnAndSubmittedAnewByAResume() throws Exception {
            cluster().credit("poor", "billing=0");
            Ended ended = start("pending", CREDITS + """
                    items:
                      - {id: runs, command: "sleep 8", extra: [QUIET]}
                      - {id: no, matrix: {n: [1, 2]}, command: "true", account: poor, time_limit: 4m}
                      - {id: later, command: "true", deps: ["no*"]}
                    """).end();
            assertOutOfCredits(ended, "AssocGrpBillingMinutes", "account poor has spent 0 of 0 billing minutes");
            Map<String, Fields> items = ended.items();
            assertEnd(items.get("runs"), "completed", "ok");
            assertEnd(items.get("no[n=1]"), "not_started", "out_of_credits");
            assertEnd(items.get("no[n=2]"), "not_started", "out_of_credits");
            assertThat(cluster().run("squeue", "-h", "-A", "poor")).isEmpty();
            cluster().credit("poor", "billing=1000");
            Ended resumed = settle().run("resume", "pending", "--json", FAST);
            assertThat(resumed.code()).as(resumed.err()).isZero();
            Map<String, Fields> after = resumed.items();
            assertThat(field(after.get("runs"), "job_id")).isEqualTo(field(items.get("runs"), "job_id"));
            assertEnd(after.get("later"), "completed", "ok");
        }

        /** (c) a running job is killed because the allocation ran out: Slurm's line in its output says so. */
        @Test
        void runningJobThatIsKilledForCreditIsNoTimeout() throws Exception {
            Ended ended = start("killed", CREDITS + """
                    items:
                      - {id: loud, command: "sleep 300", account: broke, cpus: 8, time_limit: 20m, extra: [QUIET]}
                    """).end();
            assertOutOfCredits(ended, "acc=broke", "max TRES(cpu) minutes of 1 with ");
            assertEnd(ended.items().get("loud"), "failed", "out_of_credits");
        }

        /** (c) without that line the spend that is at its limit says so. */
        @Test
        void spendAtItsLimitSaysTheSameWhereTheOutputIsLost() throws Exception {
            Ended ended = start("killed-silently", """
                    items:
                      - {id: mute, command: "sleep 300", qos: qkill, cpus: 8, time_limit: 20m, extra: [QUIET],
                         output: /dev/null, error: /dev/null}
                    """).end();
            assertOutOfCredits(ended, "QOS qkill has spent ", " of 1 cpu minutes");
            assertEnd(ended.items().get("mute"), "failed", "out_of_credits");
        }

        /** (d) an item asks for it. */
        @Test
        void itemThatAsksToStopInterruptsTheRun() throws Exception {
            Ended ended = start("asked", """
                    items:
                      - id: asks
                        command: >
                          echo '{"reason": "out_of_credits", "message": "no tokens left", "link": "https://api.example/buy"}'
                          > $SETTLE_STOP; exit 9
                      - {id: later, command: "true", deps: [asks]}
                    """).end();
            assertOutOfCredits(ended, "no tokens left");
            assertThat(ended.document().object("stop").text("link")).isEqualTo("https://api.example/buy");
            assertEnd(ended.items().get("asks"), "failed", "out_of_credits");
        }

        @Test
        void runThatWaitsForCreditGoesOnByItselfWhenItComes() throws Exception {
            cluster().credit("spent", "cpu=0");
            Started waiting = start("waiting", CREDITS + """
                    items:
                      - {id: pends, command: "true", account: spent, time_limit: 4m}
                      - {id: later, command: "true", deps: [pends]}
                    """, "--plain", "--on-exhausted", "wait");
            settle().await("waiting", "waiting for credit", items -> field(items.get("pends"), "wait_reason")
                    .equals("AssocGrpCPUMinutesLimit"));
            Launched.await("the run waits for credit", () -> settle().run("status", "waiting", "--json")
                    .document()
                    .optObject("credit_awaited")
                    .isPresent());
            cluster().credit("spent", "cpu=1000");
            Ended ended = waiting.end();
            assertThat(ended.code()).as(ended.err()).isZero();
            assertThat(ended.out())
                    .contains("out of credits", "the run continues by itself when credit is back", "credit is back");
        }

        @Test
        void limitsOnSubmittedJobsAreWaitedOut() throws Exception {
            Ended ended = start("submit-limits", """
                    items:
                      - {id: a, matrix: {n: [1, 2, 3, 4, 5]}, command: "sleep 1", account: jobs, time_limit: 2m}
                      - {id: b, matrix: {n: [1, 2]}, command: "true", qos: qsub, time_limit: 2m}
                    """, "--plain").end();
            assertThat(ended.code()).as(ended.err()).isZero();
            assertThat(ended.out())
                    .contains("refused for now", "AssocMaxSubmitJobLimit", "QOSMaxSubmitJobPerUserLimit");
        }

        @Test
        void watchedJobThatWaitsForCreditIsLeftInTheQueue() throws Exception {
            cluster().credit("sub", "cpu=0");
            String waitsForCredit = sbatch("--account=sub", "--time=4", "--wrap=true");
            Ended ended = watch(settle(), waitsForCredit).end();
            assertOutOfCredits(ended, "AssocGrpCPUMinutesLimit", "account sub has spent 0 of 0 cpu minutes");
            assertThat(cluster()
                            .run("squeue", "-h", "-o", "%i %T", "-j", waitsForCredit)
                            .strip())
                    .isEqualTo(waitsForCredit + " PENDING");
            assertThat(field(ended.document().object("stop"), "hint"))
                    .isEqualTo("Top up, then watch again: settle watch --job " + waitsForCredit);
        }
    }

    /** Jobs that settle did not submit. */
    @Nested
    @Execution(ExecutionMode.CONCURRENT)
    final class Watched {
        @Test
        void listsArraysAndHeterogeneousJobsAreWatchedAsOne() throws Exception {
            String good = sbatch("--wrap=sleep 2");
            String bad = sbatch("--wrap=exit 2");
            String array = sbatch("--array=0-3%2", "--wrap=sleep 1; exit $SLURM_ARRAY_TASK_ID");
            String pair = sbatch("--wrap=sleep 1", ":", "--mem=200");
            String noOutput = sbatch("--output=/nonexistent/x", "--wrap=true");
            String list = String.join(",", good, bad, array, pair, noOutput);
            Ended ended = watch(settle(), list).end();
            assertThat(ended.code()).as(ended.err()).isEqualTo(1);
            List<String> states = ended.items().values().stream()
                    .map(item -> field(item, "state") + " " + field(item, "reason") + " " + field(item, "exit_code"))
                    .toList();
            assertThat(states)
                    .containsExactlyInAnyOrder(
                            "completed ok 0",
                            "failed exit_code 2",
                            "completed ok 0",
                            "failed exit_code 1",
                            "failed exit_code 2",
                            "failed exit_code 3",
                            "completed ok 0",
                            "completed ok 0",
                            "failed launch_failure ");
        }

        @Test
        void jobOfAnotherUserCanBeWatched() throws Exception {
            String ofRoot = cluster()
                    .runAsRoot(
                            "sbatch",
                            "--parsable",
                            "-Arich",
                            "--mem=200",
                            "-o/dev/null",
                            "-D/",
                            "-xn[4-6]",
                            "--wrap=sleep 3")
                    .strip();
            assertThat(watch(settle(), ofRoot).end().code()).isZero();
        }

        @Test
        void jobIsWatchedBeforeItAppearsAndLongAfterItEnded() throws Exception {
            // The id of the next job is known where nobody else submits any.
            try (SlurmCluster fresh = SlurmCluster.up("MinJobAge=5")) {
                SettleOnSlurm elsewhere = new SettleOnSlurm(fresh);
                Started early = watch(elsewhere, "1");
                awaitQuestion(fresh);
                fresh.run("sbatch", "--output=/dev/null", "--chdir=/", "--wrap=exit 3");
                assertFailedWithThree(early.end());
                awaitForgotten(fresh, "1");
                assertFailedWithThree(watch(elsewhere, "1").end());
                elsewhere.awaitDrivers();
            }
        }

        private void assertFailedWithThree(Ended ended) throws Exception {
            assertThat(ended.code()).as(ended.err()).isEqualTo(1);
            assertThat(ended.items().get("1").integer("exit_code")).isEqualTo(3);
        }

        private void awaitQuestion(SlurmCluster cluster) throws Exception {
            for (int i = 0;
                    i < 150
                            && cluster.run("find", cluster.home().toString(), "-name", "squeue.answer")
                                    .isEmpty();
                    i++) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }

        private void awaitForgotten(SlurmCluster cluster, String job) throws Exception {
            for (int i = 0;
                    i < 120
                            && cluster.run("squeue", "-h", "--states=all", "-o", "%i")
                                    .contains(job);
                    i++) {
                TimeUnit.SECONDS.sleep(1);
            }
            assertThat(cluster.run("squeue", "-h", "--states=all", "-o", "%i")).doesNotContain(job);
        }

        @Test
        void idThatNobodyKnowsIsFive() throws Exception {
            Ended ended = watch(settle(), "99999").end();
            assertThat(ended.code()).isEqualTo(5);
            assertThat(ended.err()).contains("neither squeue nor sacct knows job 99999");
        }
    }
}
