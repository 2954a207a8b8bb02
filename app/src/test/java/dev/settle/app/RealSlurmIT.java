package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The main job on a real Slurm, as an unprivileged user, through the launcher. */
@EnabledIf("dev.settle.testdata.SlurmCluster#available")
final class RealSlurmIT {
    private static SlurmCluster cluster;
    private static SettleOnSlurm settle;

    @BeforeAll
    static void settleWhereTheUserSeesIt() {
        cluster = SlurmCluster.shared();
        settle = new SettleOnSlurm(cluster);
    }

    private static SettleOnSlurm.Ended run(String... words) throws IOException, InterruptedException {
        return settle.run(words);
    }

    private static Path runFile(String name, String text) throws IOException {
        return SettleOnSlurm.file(name + ".yaml", text);
    }

    @Test
    void firstRunOfTheReadmeCompletes() throws Exception {
        SettleOnSlurm.Ended first = run("run", "--backend", "slurm", "--", "hostname");
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.out()).as("the command's own, in a pipe").isNotBlank().doesNotContain("Run ");
        assertThat(first.err()).contains("Run completed.");
    }

    @Test
    void everyKindOfEndIsToldRightAndNoneBeforeItIsSettled() throws Exception {
        Path file = runFile("proof", """
                name: proof
                backend: slurm
                items:
                  - {id: ok, matrix: {n: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}, command: "sleep 2; echo {n}"}
                  - {id: bad, matrix: {n: [1, 2, 3, 4]}, command: "sleep 1; exit 3"}
                  - {id: killed, command: "sleep 1; kill -9 $$"}
                  - {id: victim, command: "sleep 300"}
                  - {id: trapper, command: "trap 'exit 0' TERM; while :; do sleep 1; done", time_limit: 1m}
                  - {id: last, command: "echo last", deps: ["ok*"]}
                  - {id: never, command: "echo never", deps: ["bad*"]}
                """);
        SettleOnSlurm.Started driver = settle.start("run", file.toString(), "--quiet", "--interval", "5s");
        cancelWithScancel("victim");
        SettleOnSlurm.Ended watched = run("watch", "proof", "--exit-status", "--events", "--interval", "5s");
        assertThat(driver.end().code()).isEqualTo(1);
        assertThat(watched.code()).isEqualTo(1);

        List<Fields> events = new ArrayList<>();
        for (String line : watched.out().split("\n")) {
            events.add(Json.parseObject(line));
        }
        assertThat(events.get(0).text("event")).isEqualTo("opened");
        Fields result = events.get(events.size() - 1);
        assertThat(result.text("event")).isEqualTo("result");
        assertNoEndBeforeItWasSettled(events);

        Map<String, Fields> items = SettleOnSlurm.items(result.object("run"));
        assertEnd(items.get("ok[n=1]"), "completed", "ok", 0, null);
        assertEnd(items.get("last"), "completed", "ok", 0, null);
        assertEnd(items.get("bad[n=4]"), "failed", "exit_code", 3, null);
        assertEnd(items.get("killed"), "failed", "signal", null, 9);
        assertEnd(items.get("victim"), "cancelled", "cancelled_by_user", null, null);
        assertEnd(items.get("trapper"), "failed", "time_limit", null, null);
        assertThat(items.get("never").text("state")).isEqualTo("dep_failed");
    }

    private static void assertEnd(Fields item, String state, String reason, Integer code, Integer signal)
            throws IOException {
        assertThat(item.text("state")).as("state of %s", item.text("id")).isEqualTo(state);
        assertThat(item.text("reason")).as("reason of %s", item.text("id")).isEqualTo(reason);
        assertThat(item.asMap().get("exit_code")).isEqualTo(code == null ? null : Long.valueOf(code));
        assertThat(item.asMap().get("signal")).isEqualTo(signal == null ? null : Long.valueOf(signal));
        // A failure that the queue names may be told before accounting has it; a completion never is.
        if (state.equals("completed")) {
            assertThat(item.text("confirmed_by")).isEqualTo("accounting");
        } else {
            assertThat(item.text("confirmed_by")).isIn("accounting", "controller");
        }
    }

    /** An item's end is told once, and after it was settling. */
    private static void assertNoEndBeforeItWasSettled(List<Fields> events) throws IOException {
        Map<String, String> states = new HashMap<>();
        for (Fields event : events) {
            if (!event.text("event").equals("item")) {
                continue;
            }
            String before = states.put(event.text("id"), event.text("state"));
            boolean end = List.of("completed", "failed", "cancelled").contains(event.text("state"));
            if (end) {
                assertThat(before).as("before the end of %s", event.text("id")).isEqualTo("settling");
            }
        }
    }

    /** Cancels the job of a running item from outside, as its owner, with Slurm's own command. */
    private static void cancelWithScancel(String item) throws IOException, InterruptedException {
        for (int i = 0; i < 120; i++) {
            SettleOnSlurm.Ended status = run("status", "proof", "--json");
            if (status.code() == 0) {
                Fields victim = status.items().get(item);
                if (victim.text("state").equals("running")) {
                    cluster.run("scancel", victim.text("job_id"));
                    return;
                }
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
        throw new AssertionError(item + " did not start");
    }

    @Test
    void oneCommandExitsWithTheTruth() throws Exception {
        assertThat(run("run", "--backend", "slurm", "--", "sh", "-c", "exit 0").code())
                .isZero();
        SettleOnSlurm.Ended failed = run("run", "--backend", "slurm", "--json", "--", "sh", "-c", "exit 7");
        assertThat(failed.code()).isEqualTo(1);
        Fields item = Json.parseObject(failed.out()).objects("items").get(0);
        assertThat(item.integer("exit_code")).isEqualTo(7);
    }

    @Test
    void cancelOfAWholeRunEndsItsJobsAndSaysSo() throws Exception {
        SettleOnSlurm.Ended submitted = run("submit", "--backend", "slurm", "--interval", "2s", "--", "sleep", "300");
        assertThat(submitted.code()).isZero();
        String id = submitted.out().strip();
        SettleOnSlurm.Ended cancelled = run("cancel", id);
        assertThat(cancelled.code()).isZero();
        SettleOnSlurm.Ended watched = run("watch", id, "--exit-status", "--json");
        assertThat(watched.code()).isEqualTo(3);
        assertThat(Json.parseObject(watched.out()).text("state")).isEqualTo("cancelled");
        assertThat(cluster.run("squeue", "-h", "--me", "-o", "%i")).doesNotContain("PENDING");
    }

    @Test
    void itemsThatCannotStartAreToldAndGeneratedOnesStartWithThoseThatWaited() throws Exception {
        Path shared = Files.createTempDirectory("settle-generated");
        Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
        SettleOnSlurm.Ended run = run(
                "run",
                "--json",
                "--interval",
                "2s",
                runFile("features", """
                        backend: slurm
                        items:
                          - {id: nowhere, command: echo RAN, working_dir: /nonexistent}
                          - {id: gpu, command: "true", gpus: 1}
                          - id: plan
                            working_dir: SHARED
                            command: |
                              echo '[{"id": "g", "command": "true", "matrix": {"n": [1, 2]}, "deps": ["plan"]}]' > next.json
                            generates_source: next.json
                          - {id: after, command: "true", deps: [plan]}
                        """.replace("SHARED", shared.toString())).toString());
        Map<String, Fields> items = run.items();
        assertThat(items.get("nowhere").text("reason")).isEqualTo("launch_failure");
        assertThat(Path.of(items.get("nowhere").text("stdout"))).isEmptyFile();
        assertThat(items.get("gpu").text("reason")).isEqualTo("can_never_start");
        for (String id : List.of("plan", "after", "g[n=1]", "g[n=2]")) {
            assertThat(items.get(id).text("confirmed_by")).as(id).isEqualTo("accounting");
            assertThat(items.get(id).text("state")).as(id).isEqualTo("completed");
        }
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void anSbatchScriptWithAnArrayRunsAsItems() throws Exception {
        Path script = SettleOnSlurm.file("cases.sh", """
                #!/bin/bash
                #SBATCH --array=1-5:2%2 --mem=100M
                #SBATCH -t 5 --comment="two words"
                #SBATCH --export=ALL,FOO=bar
                echo "task $SLURM_ARRAY_TASK_ID of $SLURM_ARRAY_TASK_COUNT, $FOO"
                scontrol show job "$SLURM_JOB_ID" | grep Comment=
                [ "$SLURM_ARRAY_TASK_ID" != 3 ] || exit 7
                """);
        String id = run("submit", "--backend", "slurm", "--interval", "2s", script.toString())
                .out()
                .strip();
        SettleOnSlurm.Ended watched = run("watch", id, "--exit-status", "--json", "--interval", "2s");
        assertThat(watched.code()).isEqualTo(1);
        Map<String, Fields> items = watched.items();
        assertThat(items).containsOnlyKeys("cases_1", "cases_3", "cases_5");
        assertEnd(items.get("cases_1"), "completed", "ok", 0, null);
        assertEnd(items.get("cases_3"), "failed", "exit_code", 7, null);
        assertThat(run("logs", id, "cases_5").out()).contains("task 5 of 3, bar", "Comment=two words");
    }

    @Test
    void whatGoesByAJobsNameAndIndexReachesIt() throws Exception {
        Path script = SettleOnSlurm.file("named.sh", """
                #!/bin/bash
                #SBATCH --job-name=own-name --array=2,5
                #SBATCH -t 5
                squeue -h -n own-name -O "ArrayTaskID:|,Command:|" | sort
                [ "$SLURM_ARRAY_TASK_ID" != 5 ] || { sleep 2; scancel "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"; }
                sleep 6
                """);
        SettleOnSlurm.Ended ended =
                run("run", "--backend", "slurm", "--json", "--quiet", "--interval", "2s", script.toString());
        assertEnd(ended.items().get("own-name_2"), "completed", "ok", 0, null);
        assertThat(ended.items().get("own-name_5").text("state")).isEqualTo("cancelled");
        assertThat(Path.of(ended.items().get("own-name_2").text("stdout")))
                .content()
                .containsPattern("2\\|/\\S*/st\\w{12}/named.sh\\|")
                .contains("5|");
    }

    /** The driver is killed when the controller has the job and nobody has read its id. */
    @Test
    void driverKilledBetweenSbatchAndItsAnswerIsFollowedByNoSecondJob() throws Exception {
        Path place = Files.createTempDirectory(
                "settle-kill", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwxrwx")));
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path sbatch = Files.writeString(place.resolve("sbatch"), """
                #!/bin/bash
                real=$(PATH=/usr/local/bin:/usr/bin:/bin command -v sbatch)
                [ ! -e PLACE/killed ] || exec "$real" "$@"
                touch PLACE/killed
                answer=$("$real" "$@")
                pid=$PPID
                while [ "$(cat /proc/$pid/comm)" != java ]; do pid=$(ps -o ppid= -p $pid | tr -d ' '); done
                kill -KILL $pid
                echo "$answer"
                """.replace("PLACE", place.toString()));
        Files.setPosixFilePermissions(sbatch, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path file = runFile("once", """
                name: killed-once
                backend: slurm
                items:
                  - {id: a, matrix: {n: [1, 2, 3]}, command: "echo {n} >> PLACE/ran"}
                  - {id: last, command: "echo last >> PLACE/ran", deps: ["a*"]}
                """.replace("PLACE", place.toString()));
        SettleOnSlurm.Ended driver = settle.with(Map.of("PATH", place + ":/usr/local/bin:/usr/bin:/bin"))
                .run("run", file.toString(), "--interval", "2s");
        assertThat(driver.code()).as("killed").isNotZero();
        assertThat(Files.exists(place.resolve("killed"))).isTrue();

        assertThat(run("recover", "killed-once", "--dry-run").out())
                .contains("the driver died: its process was killed");
        SettleOnSlurm.Ended watched = run("watch", "killed-once", "--exit-status", "--interval", "2s");
        assertThat(watched.code()).as(watched.out() + watched.err()).isZero();
        assertThat(Files.readAllLines(place.resolve("ran")).stream().sorted().toList())
                .containsExactly("1", "2", "3", "last");
        String token = Json.parseObject(run("status", "killed-once", "--json").out())
                .objects("items")
                .get(0)
                .text("job_id");
        assertThat(token).as("what the driver did not hear was found").contains("_");
    }
}
