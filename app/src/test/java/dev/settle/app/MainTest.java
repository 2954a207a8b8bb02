package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.process.App;
import dev.settle.app.process.Console;
import dev.settle.app.process.Environment;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Wiring;
import dev.settle.testdata.Golden;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MainTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private ExitStatus settle(String... args) {
        Console console = new Console(stream(out), stream(err));
        Environment environment = new Environment(
                Map.of("SETTLE_HOME", folder.resolve("state").toString(), "PATH", "/usr/bin:/bin"),
                folder,
                folder,
                "ada");
        return Main.run(args, console, version -> new App(version, console, environment, Wiring.ofProcess(), s -> {}));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    @Test
    void versionIsOneLineOnStdout() {
        assertThat(settle("--version")).isEqualTo(ExitStatus.COMPLETED);
        assertThat(out.toString(StandardCharsets.UTF_8)).matches("settle \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n");
        assertThat(err.size()).isZero();
    }

    @Test
    void helpGoesToStdout() {
        assertThat(settle("--help")).isEqualTo(ExitStatus.COMPLETED);
        Golden.check("help.txt", out.toString(StandardCharsets.UTF_8));
        assertThat(err.size()).isZero();
    }

    @Test
    void unknownCommandIsUsage() {
        assertThat(settle("frobnicate")).isEqualTo(ExitStatus.USAGE);
        assertThat(out.size()).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("settle: 'frobnicate' is not a settle command.\nSee 'settle --help'.\n");
    }

    private String refused(String... args) {
        out.reset();
        err.reset();
        assertThat(settle(args)).isEqualTo(ExitStatus.USAGE);
        assertThat(out.size()).isZero();
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aRunFileBesideACommandIsRefusedAndNotRun() {
        assertThat(refused("run", "nightly.yaml", "--", "--lr", "3")).isEqualTo("""
                        settle: 'nightly.yaml' stands before --, and a command after it: which is to run?
                        Write: settle run FILE, or: settle run -- CMD ARG...
                        """);
        assertThat(refused("submit", "true", "--")).contains("'true' stands before --", "settle submit -- CMD");
    }

    @Test
    void aWordTooManyIsRefusedAndNotPassedOver() {
        for (String command : List.of("status", "report", "resume", "completion", "list", "doctor")) {
            assertThat(refused(command, "one", "two")).as(command).containsAnyOf("'two'", "one");
        }
    }

    @Test
    void cancelNeedsARunThatIsNamed() {
        assertThat(refused("cancel")).contains("which run is to be cancelled?");
        assertThat(refused("cancel", "", "a")).contains("the name of the run is empty");
        assertThat(refused("rm")).contains("which run is to be removed?");
        for (String command : List.of(
                "status", "watch", "wait", "explain", "logs", "resume", "rm", "recover", "report --json", "cancel")) {
            assertThat(refused(Stream.concat(Stream.of(command.split(" ")), Stream.of(""))
                            .toArray(String[]::new)))
                    .as(command)
                    .contains("the name of the run is empty");
        }
    }

    @Test
    void ofAnOptionThatIsGivenTwiceTheLastWinsAndListsAddUp() {
        assertThat(settle(
                        "run",
                        "--dry-run",
                        "--name",
                        "a",
                        "--cpus",
                        "no number",
                        "--name",
                        "b",
                        "--cpus",
                        "3",
                        "--env",
                        "A=1",
                        "--env",
                        "B=2",
                        "--json",
                        "--json",
                        "--",
                        "true"))
                .isEqualTo(ExitStatus.COMPLETED);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("\"name\":\"b\"", "\"cpus\":3", "\"A\":\"1\"", "\"B\":\"2\"")
                .doesNotContain("\"a\"");
        assertThat(err.size()).isZero();
    }

    @Test
    void validateSpeaksOfItself() {
        assertThat(refused("validate"))
                .contains("Write: settle validate FILE\n")
                .doesNotContain("settle run");
        assertThat(refused("validate", "no-such.yaml")).doesNotContain("settle run");
        assertThat(refused("validate", "--", "true")).contains("a command cannot be validated");
    }

    @Test
    void helpOfACommandIsThatCommandsOwn() {
        assertThat(settle("help", "logs")).isEqualTo(ExitStatus.COMPLETED);
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("--follow").doesNotContain("Usage: settle COMMAND");
        assertThat(refused("help", "frobnicate")).contains("'frobnicate' is not a settle command.");
    }

    @Test
    void exitStatusesAreTheContract() {
        Golden.check(
                "exit-statuses.txt",
                Arrays.stream(ExitStatus.values())
                        .map(status -> status.code() + " " + status + "\n")
                        .collect(Collectors.joining()));
    }
}
