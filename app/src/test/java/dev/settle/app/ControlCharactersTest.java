package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.cli.Commands;
import dev.settle.app.process.App;
import dev.settle.app.process.Console;
import dev.settle.app.process.Environment;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Wiring;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Control characters in every place that takes text: none reaches stdout or stderr, but the ends of lines. */
final class ControlCharactersTest {
    /** An escape sequence, BEL, a C1 introducer, a line end, a tab, DEL, an override of direction, half a pair. */
    private static final String EVIL = "e\u001B]0;t\u0007v\u009B2J\r\n\t\u007F\u0085\u2028\u202E\uD83D!";

    /** The same, as a text of YAML and of JSON can say it. */
    private static final String ESCAPED = "e\\u001B]0;t\\u0007v\\u009B2J\\r\\n\\t\\u007F\\u0085\\u2028\\u202E!";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> variables = new HashMap<>();

    @BeforeEach
    void state() {
        variables.put("SETTLE_HOME", folder.resolve("state").toString());
        variables.put("PATH", "/usr/bin:/bin");
    }

    private ExitStatus settle(String... args) {
        out.reset();
        err.reset();
        Console console = new Console(stream(out), stream(err));
        Environment environment = new Environment(variables, folder, folder, "ada");
        ExitStatus status =
                Main.run(args, console, version -> new App(version, console, environment, Wiring.ofProcess(), s -> {}));
        for (ByteArrayOutputStream stream : List.of(out, err)) {
            assertThat(stream.toString(StandardCharsets.UTF_8))
                    .as("settle %s", String.join(" ", args))
                    .doesNotContainPattern("[\\p{Cntrl}&&[^\\n]]|[\\u007F-\\u009F\\u2028-\\u202E\\uFFFD]");
        }
        return status;
    }

    /** Refused, in words that show what was refused. */
    private String refused(String... args) {
        assertThat(settle(args)).as("settle %s", String.join(" ", args)).isNotEqualTo(ExitStatus.COMPLETED);
        String words = err.toString(StandardCharsets.UTF_8);
        assertThat(words).as("settle %s", String.join(" ", args)).contains("\\u001b]0;t");
        return words;
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    static List<String> commands() {
        return Commands.names();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void wordsAndUnknownOptionsOfACommand(String command) {
        refused(command, "--" + EVIL);
        refused(command, "--" + EVIL + "=1");
        refused(command, "-" + EVIL);
        if (!List.of("list", "doctor", "agent", "dashboard", "recover", "credits", "report")
                .contains(command)) {
            refused(command, EVIL);
        }
        settle(command, "one", EVIL);
        settle(command, EVIL, "two");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void valuesOfTheOptionsOfACommand(String command) {
        settle("help", command);
        List<String> options = new ArrayList<>();
        out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.strip().split("[ =,]+"))
                .filter(words -> words[0].matches("--[a-z].*"))
                .forEach(words -> options.add(words[0]));
        for (String option : options) {
            List<String> words = new ArrayList<>(List.of(command, option, EVIL));
            if (command.equals("run") || command.equals("submit")) {
                words.addAll(List.of("--dry-run", "--", "true"));
            }
            settle(words.toArray(String[]::new));
            settle(command, option + "=" + EVIL, "no-such-run-" + EVIL);
        }
    }

    @Test
    void namesOfCommandsAndOfHelpTopics() {
        refused(EVIL);
        refused("run" + EVIL);
        refused("help", EVIL);
    }

    @Test
    void wordsOfACommandThatIsToBeRun() {
        assertThat(settle("run", "--dry-run", "--", EVIL, EVIL)).isEqualTo(ExitStatus.COMPLETED);
        assertThat(settle("run", "--dry-run", "--name", EVIL, "--", "true")).isEqualTo(ExitStatus.USAGE);
        refused("run", "--dry-run", "--env", EVIL, "--", "true");
        refused("run", "--dry-run", "--env", EVIL + "=1", "--", "true");
        assertThat(settle("run", "--dry-run", "--chdir", EVIL, "--", "true")).isEqualTo(ExitStatus.USAGE);
        refused("run", "--dry-run", "--memory", EVIL, "--", "true");
        assertThat(settle("run", "--dry-run", "--env", "A=" + EVIL, "--json", "--", "true"))
                .isEqualTo(ExitStatus.COMPLETED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"EVIL\": 1, \"items\": [{\"id\": \"a\", \"command\": \"b\"}]}",
                "{\"name\": \"EVIL\", \"items\": [{\"id\": \"a\", \"command\": \"b\"}]}",
                "{\"backend\": \"EVIL\", \"items\": [{\"id\": \"a\", \"command\": \"b\"}]}",
                "{\"items\": [{\"id\": \"EVIL\", \"command\": \"b\"}]}",
                "{\"items\": [{\"id\": \"a\", \"command\": \"b\", \"EVIL\": 1}]}",
                "{\"items\": [{\"id\": \"a\", \"command\": \"b\", \"deps\": [\"EVIL\"]}]}",
                "{\"items\": [{\"id\": \"a\", \"command\": \"b\", \"env\": {\"EVIL\": \"1\"}}]}",
                "{\"items\": [{\"id\": \"a\", \"command\": \"b\", \"memory\": \"EVIL\"}]}",
                "{\"items\": [{\"id\": \"a\", \"command\": \"b\", \"time_limit\": \"EVIL\"}]}",
                "{\"items\": [{\"id\": \"a\", \"command\": \"b\", \"partition\": \"EVIL\"}]}",
                "{\"items\": [{\"id\": \"a\", \"command\": \"b\", \"output\": \"$EVIL\"}]}",
                "{\"items\": [{\"id\": \"a\", \"command\": \"b\", \"extra\": [\"EVIL\"]}]}",
                "{\"items\": [{\"id\": \"a\", \"command\": \"b\", \"extra\": [\"--wrap=EVIL\"]}]}",
                "{\"items\": [{\"id\": \"a\", \"command\": \"b\", \"retries\": {\"on\": [\"EVIL\"]}}]}",
                "{\"items\": [{\"id\": \"a\", \"command\": \"b\", \"expect\": \"EVIL\"}]}",
                "{\"items\": [{\"id\": \"a\", \"script\": \"EVILsh\"}]}",
                "{\"items\": [{\"id\": \"a\", \"matrix\": {\"EVIL\": [1]}, \"command\": \"b\"}]}",
                "{\"items\": [{\"id\": \"a-{v}\", \"matrix\": {\"v\": [\"EVIL\"]}, \"command\": \"b\"}]}",
                "{\"items\": [{\"id\": \"a\", \"command\": \"EVIL\"}]}",
                "{\"queue\": {\"url\": \"EVIL\", \"command\": \"c\", \"metric\": \"m\"}}",
                "{\"queue\": {\"url\": \"https://h/v1\", \"command\": \"c\", \"metric\": \"EVIL\"}}",
                "{\"EVIL\"",
                "[EVIL",
                "EVIL: [",
            })
    void keysAndValuesOfARunFile(String text) throws IOException {
        String escaped = text.replace("EVIL", ESCAPED);
        for (String ending : List.of(".json", ".yaml", "")) {
            Path file = folder.resolve("run" + ending);
            Files.writeString(file, escaped);
            settle("validate", file.toString());
            settle("validate", "--json", file.toString());
            Files.writeString(file, text.replace("EVIL", EVIL.replace("\uD83D", "")));
            settle("validate", file.toString());
            settle("run", "--dry-run", file.toString());
        }
    }

    @Test
    void anItemIdIsRefusedWithoutItsEscapeSequence() throws IOException {
        Files.writeString(folder.resolve("run.yaml"), "items: [{id: \"a" + ESCAPED + "\", command: x}]");
        assertThat(refused("validate", "run.yaml")).contains("is not an item id");
    }

    @Test
    void namesOfFiles() throws IOException {
        String name = "n\u001B]0;t\u0007\n\u007F.yaml";
        refused("validate", name);
        refused("run", name);
        Files.writeString(folder.resolve(name), "items: [{id: a b, command: x}]");
        refused("run", name);
        Files.writeString(folder.resolve(name), "items: [{id: a, command: x}]");
        assertThat(settle("validate", name)).isEqualTo(ExitStatus.COMPLETED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--job-name=EVIL",
                "-J EVIL",
                "--output=EVIL",
                "--array=EVIL",
                "--time=EVIL",
                "EVIL",
                "--EVIL",
                "--mem=EVIL",
                "--comment=EVIL",
                "-M EVIL",
                "hetjob EVIL",
                "-c EVIL"
            })
    void optionsOfAnSbatchScript(String option) throws IOException {
        String evil = EVIL.replaceAll("[\r\n\uD83D]", "");
        Files.writeString(
                folder.resolve("job.sh"), "#!/bin/sh\n#SBATCH " + option.replace("EVIL", evil) + "\n#SBATCH -n 1\n:\n");
        settle("validate", "job.sh");
        settle("validate", "--json", "job.sh");
    }

    @Test
    void settingsOfTheEnvironmentAndOfTheConfiguration() throws IOException {
        variables.put("SETTLE_INTERVAL", EVIL);
        refused("validate", "run.yaml");
        variables.remove("SETTLE_INTERVAL");
        variables.put("SETTLE_HOME", EVIL);
        refused("list");
        variables.put("SETTLE_HOME", "/dev/null/" + EVIL.replace("\uD83D", ""));
        refused("run", "--backend", "local", "--", "true");
        state();
        Path settings =
                Files.createDirectories(folder.resolve(".config/settle")).resolve("config.yaml");
        Files.writeString(settings, "\"" + ESCAPED + "\": 1\ninterval: \"" + ESCAPED + "\"\n");
        refused("run", "--dry-run", "--", "true");
    }
}
