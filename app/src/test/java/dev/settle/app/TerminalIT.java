package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.testdata.Launch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person at a terminal sees and can answer, on a pseudo-terminal made by script(1). */
final class TerminalIT {
    private static final Path LAUNCHER = Path.of(System.getProperty("settle.dist"), "bin", "settle");
    private static final long SECONDS_MAX = 60;
    private static final char CTRL_C = 3;
    private static final char CTRL_Z = 26;
    private static final char ESCAPE = 27;

    /** What the screen ends with once keys are acted on. */
    private static final String KEYS = "? help";

    private static final String QUESTION = "[d]etach and leave the jobs running, [c]ancel the run, [k]eep watching?";

    @TempDir
    Path folder;

    private Path screen;
    private Path go;

    @BeforeEach
    void layOut() throws IOException {
        screen = folder.resolve("screen");
        go = folder.resolve("go");
        Files.writeString(folder.resolve("run.yaml"), """
                name: demo
                items:
                  - {id: waits, command: "echo first words; touch started; while [ ! -e go ]; do sleep 0.1; done"}
                  - {id: fails, command: exit 3}
                """);
    }

    @Test
    void screenIsDrawnOverAndTheVerdictStays() throws Exception {
        Process terminal = settle("run --backend local --max-concurrent 2 run.yaml");
        sees("exit code 3", terminal);
        assertThat(text()).contains("1 failed").containsPattern("\u001B\\[[0-9;]*m");
        Files.createFile(go);
        ends(terminal, 1);
        String last = text().substring(text().lastIndexOf("Run failed"));
        assertThat(last).contains("1 of 2 items failed (1 with exit code 3).").doesNotContain("1 running");
    }

    @Test
    void ctrlCAsksAndTheRunGoesOnMeanwhile() throws Exception {
        Process terminal = settle("run --backend local run.yaml");
        starts(terminal);
        press(terminal, CTRL_C);
        sees(QUESTION, terminal);
        press(terminal, 'k');
        Files.createFile(go);
        ends(terminal, 1);
    }

    @Test
    void detachingLeavesTheJobsAlone() throws Exception {
        Process terminal = settle("run --backend local run.yaml");
        starts(terminal);
        press(terminal, CTRL_C);
        sees(QUESTION, terminal);
        press(terminal, 'd');
        ends(terminal, 130);
        assertThat(text()).contains("it continues in the background. To follow: settle watch");
        Files.createFile(go);
        ends(settle("watch --plain --no-color --exit-status"), 1);
        assertThat(text()).contains("Run failed: 1 of 2 items failed").doesNotContain("\u001B");
    }

    @Test
    void cancellingIsSettledBeforeTheCommandEnds() throws Exception {
        Process terminal = settle("run --backend local --plain run.yaml");
        starts(terminal);
        press(terminal, CTRL_C);
        sees(QUESTION, terminal);
        press(terminal, 'c');
        ends(terminal, 3);
        assertThat(text()).contains("Run cancelled.");
    }

    @Test
    void secondCtrlCLeavesAtOnce() throws Exception {
        Process terminal = settle("run --backend local run.yaml");
        starts(terminal);
        press(terminal, CTRL_C);
        sees(QUESTION, terminal);
        press(terminal, CTRL_C);
        ends(terminal, 130);
        assertThat(text()).containsPattern("settle watch [a-z0-9]{8}");
        Files.createFile(go);
        ends(settle("watch --plain --exit-status"), 1);
    }

    @Test
    void enterShowsTheLogAsItGrows() throws Exception {
        Files.writeString(folder.resolve("run.yaml"), """
                - {id: talks, command: "echo first words; touch started; while [ ! -e go ]; do sleep 0.1; done; echo last words; sleep 3"}
                """);
        Process terminal = settle("run --backend local run.yaml");
        starts(terminal);
        sees(KEYS, terminal);
        press(terminal, '\r');
        sees("first words", terminal);
        Files.createFile(go);
        sees("last words", terminal);
        ends(terminal, 0);
    }

    @Test
    void explanationAndHelpArePagesThatEscapeCloses() throws Exception {
        Process terminal = settle("run --backend local --max-concurrent 2 run.yaml");
        starts(terminal);
        sees(KEYS, terminal);
        filterBy("wait", terminal);
        press(terminal, 'e');
        sees("Explain waits", terminal);
        press(terminal, ESCAPE);
        sees("Esc overview", terminal);
        press(terminal, '?');
        sees("draw everything again", terminal);
        Files.createFile(go);
        ends(terminal, 1);
    }

    @Test
    void cancellingByKeyIsConfirmedFirst() throws Exception {
        Process terminal = settle("run --backend local run.yaml");
        starts(terminal);
        sees(KEYS, terminal);
        press(terminal, 'c');
        sees("Cancel the whole run", terminal);
        press(terminal, 'n');
        press(terminal, 'c');
        press(terminal, 'y');
        ends(terminal, 3);
        assertThat(text()).contains("Run cancelled.");
    }

    @Test
    void selectedItemIsCancelledAlone() throws Exception {
        Process terminal = settle("run --backend local --max-concurrent 2 run.yaml");
        starts(terminal);
        sees(KEYS, terminal);
        filterBy("wait", terminal);
        press(terminal, 'j');
        press(terminal, 'c');
        sees("Cancel waits?", terminal);
        press(terminal, 'y');
        ends(terminal, 1);
        assertThat(text()).contains("2 of 2 items failed");
    }

    @Test
    void detachKeyLeavesTheRunToTheBackground() throws Exception {
        Process terminal = settle("run --backend local run.yaml");
        starts(terminal);
        sees(KEYS, terminal);
        press(terminal, 'd');
        ends(terminal, 130);
        assertThat(text()).contains("settle watch");
        Process watch = settle("watch --exit-status");
        sees(KEYS, watch);
        Files.createFile(go);
        ends(watch, 1);
    }

    @Test
    void quitKeyAsksAsCtrlCDoes() throws Exception {
        Process terminal = settle("run --backend local run.yaml");
        starts(terminal);
        sees(KEYS, terminal);
        press(terminal, 'q');
        sees(QUESTION, terminal);
        press(terminal, 'd');
        ends(terminal, 130);
        Files.createFile(go);
        ends(settle("watch --plain --exit-status"), 1);
    }

    @Test
    void watchCancelsThroughTheDriver() throws Exception {
        ends(settle("submit --backend local run.yaml"), 0);
        Process watch = settle("watch --exit-status");
        starts(watch);
        sees(KEYS, watch);
        press(watch, 'c');
        press(watch, 'y');
        ends(watch, 3);
        assertThat(text()).contains("Run cancelled.");
    }

    @Test
    void lastLineIsTheVerdictWithIdAndDuration() throws Exception {
        Files.createFile(go);
        ends(settle("run --backend local --no-color run.yaml"), 1);
        String[] lines = text().stripTrailing().split("\n");
        assertThat(lines[lines.length - 1]).matches("Run failed: .* \\([a-z0-9]{8}, [0-9.]+s\\)\\s*");
    }

    @Test
    void keysAreNotEchoedAndTheShellGetsNone() throws Exception {
        Process terminal = terminal(launched("run --backend local run.yaml") + "; stty -a | grep -o ' [-]*echo '; "
                + "stty -icanon min 0 time 5; echo \"left: '$(dd bs=16 count=1 2>/dev/null)'\"");
        starts(terminal);
        for (char key : "xyz".toCharArray()) {
            press(terminal, key);
        }
        Files.createFile(go);
        ends(terminal, 0);
        assertThat(text()).doesNotContain("xyz").contains(" echo ", "left: ''");
    }

    @Test
    void stoppedRunLeavesTheScreenToTheShellAndDrawsAnewWhenItIsBack() throws Exception {
        Process terminal = terminal("set -m; " + launched("run --backend local run.yaml")
                + "; echo stopped; stty -a | grep -o ' [-]*echo '; touch go; sleep 2; echo on again; fg >fg.txt");
        starts(terminal);
        press(terminal, CTRL_Z);
        sees("stopped", terminal);
        ends(terminal, 1);
        String whileStopped = text().substring(text().indexOf("stopped"), text().indexOf("on again"));
        assertThat(whileStopped).contains(" echo ").doesNotContain("running", "\u001B");
        assertThat(text().substring(text().indexOf("on again"))).contains("Run failed");
    }

    @Test
    void withoutItsInputATerminalGetsLines() throws Exception {
        Files.createFile(go);
        ends(terminal(launched("run --backend local --no-color run.yaml") + " </dev/null"), 1);
        assertThat(text()).contains("waits: completed ").doesNotContain("WARNING", "\u001B");
    }

    @Test
    void closingTheWindowDetaches() throws Exception {
        Path status = folder.resolve("status");
        // The kernel tells the first process of the session alone, which has to live on here to tell the rest.
        Process terminal = terminal("exec 3<&0; trap 'kill -HUP $job' HUP; " + launched("run --backend local run.yaml")
                + " <&3 2>err & job=$!; wait $job; wait $job; echo $? >status.new; mv status.new status");
        starts(terminal);
        terminal.destroyForcibly();
        Launched.await("settle has left", () -> Files.exists(status));
        assertThat(status).hasContent("129");
        assertThat(folder.resolve("err"))
                .content()
                .contains("it continues in the background. To follow: settle watch")
                .doesNotContain("defect");
        Files.createFile(go);
        ends(settle("watch --plain --exit-status"), 1);
    }

    private Process settle(String arguments) throws IOException {
        return terminal("exec " + launched(arguments));
    }

    private static String launched(String arguments) {
        return String.join(" ", Launch.command("'" + LAUNCHER + "'", List.of(arguments)));
    }

    private Process terminal(String command) throws IOException {
        Files.deleteIfExists(screen);
        List<String> inTerminal = List.of("-qefc", "stty columns 100 rows 30; " + command, "/dev/null");
        ProcessBuilder builder = new ProcessBuilder(Launch.command("script", inTerminal))
                .directory(folder.toFile())
                .redirectOutput(screen.toFile())
                .redirectErrorStream(true);
        builder.environment().put("SETTLE_HOME", folder.resolve("state").toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("TERM", "xterm");
        builder.environment().remove("NO_COLOR");
        return builder.start();
    }

    private static void press(Process terminal, char key) throws IOException {
        OutputStream keys = terminal.getOutputStream();
        keys.write(key);
        keys.flush();
    }

    /** Leaves one item to select, whatever the order of the items when a key arrives. */
    private void filterBy(String words, Process terminal) throws IOException, InterruptedException {
        press(terminal, '/');
        for (char key : words.toCharArray()) {
            press(terminal, key);
        }
        sees("matching \"" + words + "\"", terminal);
        press(terminal, '\r');
    }

    private String text() throws IOException {
        return Files.readString(screen, StandardCharsets.UTF_8);
    }

    /** The words of a line that is there already come in pieces, since a screen is drawn by differences. */
    private void sees(String words, Process terminal) throws IOException, InterruptedException {
        until(() -> text().contains(words), words, terminal);
    }

    private void starts(Process terminal) throws IOException, InterruptedException {
        until(() -> Files.exists(folder.resolve("started")), "a job that has started", terminal);
    }

    private interface Look {
        boolean isTrue() throws IOException;
    }

    private void until(Look look, String what, Process terminal) throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        while (!look.isTrue()) {
            assertThat(terminal.isAlive() && System.nanoTime() < until)
                    .as("%s; the screen has:%n%s", what, text())
                    .isTrue();
            terminal.waitFor(50, TimeUnit.MILLISECONDS);
        }
    }

    private void ends(Process terminal, int status) throws IOException, InterruptedException {
        assertThat(terminal.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).as(text()).isTrue();
        assertThat(terminal.exitValue()).as(text()).isEqualTo(status);
    }
}
