package dev.settle.app;

import static dev.settle.app.SettleOnSlurm.field;
import static dev.settle.app.SettleOnSlurm.file;
import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.SettleOnSlurm.Ended;
import dev.settle.app.SettleOnSlurm.Started;
import dev.settle.core.json.Fields;
import dev.settle.testdata.SlurmCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Daemons of a real Slurm that are away or hang while jobs end. */
@EnabledIf("dev.settle.testdata.SlurmCluster#available")
final class RealOutagesIT {
    private static final String FAST = "--interval=3s";

    private final SlurmCluster cluster = SlurmCluster.up();
    private final SettleOnSlurm settle = new SettleOnSlurm(cluster);
    private Path go = Path.of("go");

    @AfterEach
    void takeDown() throws Exception {
        settle.awaitDrivers();
        cluster.close();
    }

    /** WAIT in a command ends when {@link #letJobsEnd} is called, however slow this machine is. */
    private Started start(String name, String items) throws Exception {
        go = file("place", "").resolveSibling("go");
        String head = "name: " + name + "\nbackend: slurm\ndefaults: {memory: 200M}\n";
        String jobs = items.replace("WAIT", "until [ -e " + go + " ]; do sleep 0.2; done");
        return settle.start("run", file(name + ".yaml", head + jobs).toString(), FAST, "--json");
    }

    private void letJobsEnd() throws Exception {
        Files.createFile(go);
    }

    private static void assertEnd(Fields item, String state, String reason) {
        assertThat(field(item, "state") + " " + field(item, "reason"))
                .as("%s", item.asMap())
                .isEqualTo(state + " " + reason);
    }

    @Test
    void accountingThatIsAwayForLongAndARestartedControllerChangeNoVerdict() throws Exception {
        Started outage = start("outage", """
                items:
                  - {id: good, command: "WAIT"}
                  - {id: bad, command: "WAIT; exit 4"}
                  - {id: long, command: "WAIT; sleep 20"}
                """);
        Map<String, Fields> begun = settle.await("outage", "running", seen -> seen.values().stream()
                .allMatch(item -> field(item, "state").equals("running")));
        String job = field(begun.get("good"), "job_id");
        cluster.control("dbd", "stop");
        Started watcher =
                settle.start("watch", "--job", job.substring(0, job.indexOf('_')), "--exit-status", "--json", FAST);
        cluster.control("ctld", "stop");
        cluster.control("ctld", "start");
        letJobsEnd();
        // The failure is one at once where the queue names it; the others wait for accounting.
        settle.await("outage", "over but for what accounting says", seen -> seen.entrySet().stream()
                .allMatch(item -> field(item.getValue(), "state").equals("settling")
                        || item.getKey().equals("bad")
                                && field(item.getValue(), "state").equals("failed")));
        cluster.control("dbd", "start");
        for (Started each : List.of(outage, watcher)) {
            Ended ended = each.end();
            assertThat(ended.code()).as(ended.err()).isEqualTo(1);
            List<Fields> items = List.copyOf(ended.items().values());
            assertEnd(items.get(0), "completed", "ok");
            assertThat(field(items.get(0), "confirmed_by")).isEqualTo("accounting");
            assertEnd(items.get(1), "failed", "exit_code");
            assertThat(items.get(1).integer("exit_code")).isEqualTo(4);
            assertEnd(items.get(2), "completed", "ok");
        }
    }

    @Test
    void hungAccountingIsNoVerdict() throws Exception {
        Started hung = start("hung", """
                items:
                  - {id: good, command: "WAIT"}
                  - {id: bad, command: "WAIT; exit 5"}
                """);
        settle.await("hung", "submitted", seen -> seen.values().stream()
                .noneMatch(item -> field(item, "job_id").isEmpty()));
        cluster.control("dbd", "hang");
        letJobsEnd();
        Map<String, Fields> whileHung = settle.await(
                "hung",
                "settling",
                seen -> !field(seen.get("bad"), "settled_at").isEmpty()
                        || seen.values().stream()
                                .allMatch(item -> field(item, "state").equals("settling")));
        cluster.control("dbd", "resume");
        assertThat(field(whileHung.get("good"), "state")).isIn("running", "settling");
        Ended ended = hung.end();
        assertThat(ended.code()).as(ended.err()).isEqualTo(1);
        assertEnd(ended.items().get("good"), "completed", "ok");
        assertThat(field(ended.items().get("good"), "confirmed_by")).isEqualTo("accounting");
        assertThat(ended.items().get("bad").integer("exit_code")).isEqualTo(5);
    }
}
