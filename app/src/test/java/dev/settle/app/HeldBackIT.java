package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.FakeSlurm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs of a user who has sent more Slurm commands than the budget has. */
@Timeout(120)
final class HeldBackIT {
    private final FakeSlurm slurm = FakeSlurm.create();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        slurm.close();
    }

    /** Five commands in five minutes. */
    private Launched settle() {
        Map<String, String> variables = new HashMap<>(slurm.environment());
        variables.put("SETTLE_SCHEDULER_MAX_COMMANDS_PER_MINUTE", "1");
        return new Launched(folder, folder.resolve("state"), variables);
    }

    @Test
    void queryThatIsHeldBackSaysUntilWhenOnEverySurface() throws Exception {
        slurm.plan("job * pend Priority");
        try (Launched settle = settle()) {
            Launched.Child run =
                    settle.start("run", "--backend", "slurm", "--interval", "1s", "--events", "--", "true");
            Launched.await("a query is held back", () -> run.err().contains("query held back until"));
            assertThat(run.err())
                    .containsPattern("settle: query held back until \\d\\d:\\d\\d:\\d\\d: \\d+ commands in 5 min");
            Launched.await("status says so", () -> settle.settle("status").out().contains("Query held back until "));
            Launched.await("the document says so", () -> isHeldBack(settle));
            slurm.replan();
            assertThat(run.await()).as(run.err()).isZero();
            Fields poll = events(run).stream()
                    .filter(line -> text(line, "state").equals("held_back"))
                    .findFirst()
                    .orElseThrow();
            assertThat(text(poll, "event")).isEqualTo("poll");
            assertThat(text(poll, "source")).isEqualTo("squeue");
            assertThat(Instant.parse(text(poll, "until"))).isAfter(Instant.parse(text(poll, "at")));
        }
    }

    private static boolean isHeldBack(Launched settle) throws IOException, InterruptedException {
        List<Fields> held =
                Json.parseObject(settle.settle("status", "--json").out()).objects("held_back");
        return held.size() == 1 && held.get(0).text("source").equals("squeue");
    }

    private static List<Fields> events(Launched.Child run) throws IOException {
        List<Fields> events = new ArrayList<>();
        for (String line : run.out().lines().toList()) {
            events.add(Json.parseObject(line));
        }
        return events;
    }

    private static String text(Fields line, String name) {
        try {
            return line.optText(name).orElse("");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void runsOfOneCommandSendFewCommandsEach() throws Exception {
        try (Launched settle = settle()) {
            for (int i = 0; i < 4; i++) {
                int before = slurm.calls().size();
                Launched.Child run = settle.settle("run", "--backend", "slurm", "--", "true");
                assertThat(run.err()).contains("Run completed.");
                // One more where a slow machine needs a second look.
                assertThat(slurm.calls().size() - before).isLessThanOrEqualTo(5);
            }
        }
    }

    @Test
    void startRecordShowsAnItemRunningWithoutAQuery() throws Exception {
        slurm.plan("job * pend Priority");
        try (Launched settle = settle()) {
            Launched.Child run =
                    settle.start("run", "--backend", "slurm", "--interval", "10m", "--events", "--", "sleep", "1");
            Launched.await("it waits", () -> run.out().contains("\"state\":\"queued\""));
            int asked = slurm.calls("squeue").size();
            slurm.replan();
            Launched.await("it runs", () -> run.out().contains("\"state\":\"running\",\"from\":\"queued\""));
            assertThat(slurm.calls("squeue")).hasSize(asked);
            assertThat(run.await()).as(run.err()).isZero();
        }
    }
}
