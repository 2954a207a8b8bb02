package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.process.App;
import dev.settle.app.process.Console;
import dev.settle.app.process.Environment;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Wiring;
import dev.settle.testdata.Golden;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    /** A command line, without settle, and the lines that refuse it; NOTHING for no second one. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "wacth ! 'wacth' is not a settle command. Did you mean 'settle watch'? ! NOTHING",
                "stauts ! 'stauts' is not a settle command. Did you mean 'settle status'? ! NOTHING",
                "rerun ! 'rerun' is not a settle command. Did you mean 'settle resume'? ! NOTHING",
                "reasons ! 'reasons' is not a settle command. Did you mean 'settle help reasons'? ! NOTHING",
                "-- ls -l ! there is no settle command before --. ! To run it as a job: settle run -- ls -l",
                "sh -c x ! 'sh' is not a settle command. ! To run it as a job: settle run -- sh -c x",
                "--json status ! options come after the command, not before it. ! Write: settle status --json",
                "--verison ! there is no option '--verison' without a command. Did you mean '--version'? ! NOTHING",
                "help run-flie ! there is no help about 'run-flie'. Did you mean 'settle help run-file'? ! NOTHING",
                "watch --exitstatus ! watch has no option '--exitstatus'. Did you mean '--exit-status'? ! See 'settle watch --help'.",
                "status --jsn ! status has no option '--jsn'. Did you mean '--json'? ! See 'settle status --help'.",
                "explain --cpus=4 ! explain has no option '--cpus'; it is an option of run, submit, resume. ! See 'settle explain --help'.",
                "run train.py --lr 3 ! run has no option '--lr'. ! To run a command, write -- before it: settle run -- train.py --lr 3",
                "run --interval ! --interval needs a value, such as --interval 30s. ! See 'settle run --help'.",
                "status --json=yes ! --json takes no value. ! See 'settle status --help'.",
                "status a b ! status takes one RUN, so 'b' is one word too many. ! See 'settle status --help'.",
                "list x ! list takes options only, so 'x' is one word too many. ! See 'settle list --help'.",
                "dashboard --port abc ! --port: \"abc\" is not a whole number; write --port 8080 ! NOTHING",
                "run --interval abc -- x ! --interval: \"abc\" is not a duration; write --interval 30s ! NOTHING",
                "run --interval 90 -- x ! --interval: \"90\" is not a duration; write 90s for seconds or 90m for minutes ! NOTHING",
                "run --backend pbs -- x ! --backend: there is no \"pbs\"; write --backend local or --backend slurm ! NOTHING"
            })
    void mistakeIsAnsweredWithWhatWasMeant(String line, String first, String second) {
        String expected = "settle: " + first + "\n" + (second.equals("NOTHING") ? "" : second + "\n");
        assertThat(refused(line.split(" ", -1))).isEqualTo(expected);
    }

    @Test
    void aFileInPlaceOfACommandIsToBeRun() throws IOException {
        Files.writeString(folder.resolve("nightly.yaml"), "[]");
        assertThat(refused("nightly.yaml"))
                .isEqualTo("settle: 'nightly.yaml' is not a settle command.\nTo run it: settle run nightly.yaml\n");
    }

    @Test
    void whatIsNoTextIsShownCleanAndCut() {
        assertThat(refused("wa\u001B[31mtch\u0007"))
                .contains("'wa\\u001b[31mtch\\u0007'")
                .doesNotContain("\u001B", "\u0007");
        assertThat(refused("watch", "--" + "x".repeat(5000))).hasSizeLessThan(200);
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
        for (String command : List.of("status", "resume", "completion", "list", "doctor")) {
            assertThat(refused(command, "one", "two")).as(command).containsAnyOf("'two'", "one");
        }
        assertThat(refused("report", "one", "two", "three", "--json")).contains("three");
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
        assertThat(refused("help", "frobnicate"))
                .contains("there is no help about 'frobnicate'.", "See 'settle help'.");
    }

    @Test
    void topicsAreExplainedOnStdout() {
        for (String topic : List.of("exit-status", "run-file", "reasons", "events", "environment")) {
            out.reset();
            assertThat(settle("help", topic)).as(topic).isEqualTo(ExitStatus.COMPLETED);
            assertThat(out.size()).as(topic).isGreaterThan(500);
        }
        assertThat(err.size()).isZero();
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
