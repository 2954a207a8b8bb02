package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The command that is run when a run has ended: once, with what it needs, and without a say in the run. */
final class NotifyIT extends LauncherCase {
    private static final String TELL = "cat > told.json; env | grep ^SETTLE_ > variables; echo told >> times";

    private Path file(String notify, String command) throws IOException {
        return Files.writeString(folder.resolve("run.yaml"), """
                name: told
                backend: local
                notify: %s
                items:
                  - {id: a, command: "%s"}
                """.formatted(notify, command));
    }

    private List<String> times() throws IOException {
        return Launched.lines(folder.resolve("times"));
    }

    @Test
    void commandGetsTheRunDocumentAndTheVerdict() throws Exception {
        Launched.Child run =
                settle("run", "--backend", "local", "--name", "told", "--notify", TELL, "--", "sh", "-c", "exit 3");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).doesNotContain("notification");
        String document = Files.readString(folder.resolve("told.json"));
        Schemas.checkRun(document);
        Fields fields = Json.parseObject(document);
        assertThat(fields.text("state")).isEqualTo("failed");
        assertThat(folder.resolve("variables"))
                .content()
                .contains(
                        "SETTLE_RUN_ID=" + fields.text("id") + "\n",
                        "SETTLE_RUN_NAME=told\n",
                        "SETTLE_STATE=failed\n",
                        "SETTLE_EXIT_STATUS=1\n",
                        "SETTLE_HEADLINE=" + fields.text("headline") + "\n")
                .doesNotContain("SETTLE_LAUNCHER");
        assertThat(times()).containsExactly("told");
        assertThat(folder.resolve("state/runs/" + fields.text("id") + "/notify.json"))
                .doesNotExist();
    }

    @Test
    void onlyTheEndsThatAreNamedAreNotified() throws Exception {
        String file = file("{command: 'echo $SETTLE_STATE >> times', on: [failed]}", "test ! -e bad")
                .toString();
        assertThat(settle("run", file).code()).isZero();
        assertThat(times()).isEmpty();
        Files.writeString(folder.resolve("bad"), "");
        assertThat(settle("run", file).code()).isEqualTo(1);
        assertThat(times()).containsExactly("failed");
        // Another end of the same run, and no word of it that a watcher causes.
        assertThat(settle("resume", "told").code()).isEqualTo(1);
        settle("watch", "told");
        assertThat(times()).containsExactly("failed", "failed");
    }

    @Test
    void commandThatFailsIsReportedAndChangesNothing() throws Exception {
        Launched.Child run = settle(
                "run", file("'echo no route to host >&2; exit 9'", "true").toString(), "--json");
        assertThat(run.code()).isZero();
        assertThat(run.items().get("a").text("state")).isEqualTo("completed");
        assertThat(run.err()).contains("the notification command of run", "failed: exit code 9: no route to host");
        assertThat(Files.readString(journal())).contains("\"step\":\"started\"", "\"step\":\"failed\"");
        assertThat(settle("watch", "told", "--exit-status").code()).isZero();
    }

    private Path journal() throws IOException {
        String id = Json.parseObject(settleStatus()).text("id");
        return folder.resolve("state/runs/" + id + "/journal.log");
    }

    private String settleStatus() throws IOException {
        try {
            return settle("status", "told", "--json").out();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void optionStandsAboveTheFile() throws Exception {
        String file =
                file("{command: 'echo file >> times', on: [completed]}", "true").toString();
        assertThat(settle("run", file, "--notify", "echo option >> times").code())
                .isZero();
        assertThat(times()).containsExactly("option");
        assertThat(settle("run", file, "--notify", " ").code()).isEqualTo(2);
    }

    @Test
    void runInTheBackgroundNotifiesInItsOwnShell() throws Exception {
        Map<String, String> mine = Map.of("WHO", "ada");
        try (Launched other = new Launched(folder, folder.resolve("state"), mine)) {
            other.settle(
                    "submit",
                    file("'echo $WHO in $(basename $PWD) >> times'", "true").toString());
            Launched.await("it is told", () -> !times().isEmpty());
            assertThat(other.settle("watch", "told", "--exit-status").code()).isZero();
        }
        assertThat(times()).containsExactly("ada in " + folder.getFileName());
    }

    @Test
    void interruptionIsNotified() throws Exception {
        Path file = Files.writeString(folder.resolve("stop.yaml"), """
                name: stopped
                backend: local
                notify: {command: 'echo $SETTLE_STATE $SETTLE_EXIT_STATUS >> times', on: [interrupted]}
                items:
                  - id: a
                    command: |
                      echo '{"reason": "out_of_credits"}' > $SETTLE_STOP
                """);
        assertThat(settle("run", file.toString()).code()).isEqualTo(3);
        assertThat(times()).containsExactly("interrupted 3");
    }

    @Test
    void engineThatDiesDuringTheCommandDoesNotRunItAgain() throws Exception {
        Launched.Child run = launched.start(
                "run",
                file("'echo told >> times; while [ ! -e go ]; do sleep 0.1; done'", "true")
                        .toString());
        Launched.await("it is told", () -> !times().isEmpty());
        run.process().destroyForcibly().waitFor();
        Files.writeString(folder.resolve("go"), "");
        assertThat(settle("watch", "told", "--exit-status").code()).isZero();
        assertThat(settle("recover").code()).isZero();
        assertThat(times()).containsExactly("told");
    }
}
