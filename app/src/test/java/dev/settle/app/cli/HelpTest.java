package dev.settle.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.cli.completion.Completion;
import dev.settle.app.cli.completion.CompletionScript;
import dev.settle.app.cli.grammar.LikelyValue;
import dev.settle.app.cli.help.CommandHelp;
import dev.settle.app.cli.help.Topic;
import dev.settle.app.process.ExitStatus;
import dev.settle.core.model.ItemReason;
import dev.settle.core.run.StopReason;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What the help says, and that whatever a command declares is in the help and in the completion of each shell. */
final class HelpTest {
    private static final int COLUMNS = 80;

    @TestFactory
    Stream<DynamicTest> helpOfACommandIsWholeAndFitsTheTerminal() {
        return Commands.specs().entrySet().stream()
                .map(command -> DynamicTest.dynamicTest(command.getKey(), () -> {
                    CommandSpec spec = command.getValue();
                    String help = CommandHelp.of(spec);
                    assertThat(help.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(COLUMNS));
                    assertThat(CommandHelp.sentence(spec)).matches("[A-Z].*[.]").doesNotContain(". ");
                    assertThat(help).contains("\nUsage: settle " + command.getKey(), "\nExample", "\n  settle");
                    for (OptionSpec option : spec.options()) {
                        if (option.hidden()) {
                            assertThat(help).doesNotContain(option.longestName() + " ");
                        } else {
                            assertThat(help).contains(CommandHelp.label(option));
                        }
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> whatACommandDeclaresIsInTheScriptOfEachShell() {
        Map<String, CommandSpec> specs = Commands.specs();
        return Arrays.stream(CompletionScript.Shell.values())
                .map(shell -> DynamicTest.dynamicTest(shell.name(), () -> {
                    String script = CompletionScript.of(Completion.of(specs), shell);
                    specs.forEach((name, spec) -> {
                        assertThat(script).contains(name);
                        for (OptionSpec option : spec.options()) {
                            String word = option.longestName().substring(shell == CompletionScript.Shell.FISH ? 2 : 0);
                            assertThat(script.contains(word))
                                    .as(name + " " + word)
                                    .isTrue();
                        }
                    });
                }));
    }

    @Test
    void theOverviewListsAllCommandsAndTopics() throws IOException {
        String overview = overview();
        assertThat(overview.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(COLUMNS));
        assertThat(Commands.names()).allSatisfy(name -> assertThat(overview).containsPattern("\n  " + name + " +\\S"));
        for (Topic topic : Topic.values()) {
            assertThat(overview).containsPattern("\n  " + topic.word() + " +" + Pattern.quote(topic.summary()));
        }
    }

    @ParameterizedTest
    @EnumSource(Topic.class)
    void pageOfATopicFitsTheTerminal(Topic topic) {
        assertThat(topic.text().lines()).hasSizeGreaterThan(10).allSatisfy(line -> assertThat(line)
                .hasSizeLessThanOrEqualTo(COLUMNS)
                .doesNotContain("`"));
    }

    @Test
    void topicsAreTheTablesThatTheProgramGoesBy() {
        assertThat(ExitStatus.values()).allSatisfy(status -> assertThat(Topic.EXIT_STATUS.text())
                .containsPattern(
                        "\n  " + status.code() + " +" + status.meaning().substring(0, 12)));
        assertThat(StopReason.values())
                .allSatisfy(reason -> assertThat(Topic.REASONS.text()).contains("\n  " + reason.word() + " "));
        assertThat(ItemReason.values())
                .allSatisfy(reason -> assertThat(Topic.REASONS.text()).contains("\n  " + reason.word() + " "));
        assertThat(Topic.RUN_FILE.text()).contains("\n  max_concurrent ", "\n  generates_source ", "\n  time_limit * ");
        assertThat(Topic.ENVIRONMENT.text()).contains("\n  SETTLE_INTERVAL ", "\n  SETTLE_RESULT ");
    }

    @Test
    void eventsOfTheTopicAreThoseOfTheDocument() throws IOException {
        String document = Files.readString(TestData.path("..", "app", "docs", "json.md"));
        String table = document.substring(document.indexOf("| event | when |"), document.indexOf("## Other documents"));
        Matcher event = Pattern.compile("(?m)^\\| `(\\w+)` \\|").matcher(table);
        List<String> events = event.results().map(each -> each.group(1)).toList();
        assertThat(events).hasSizeGreaterThan(5).allSatisfy(each -> assertThat(Topic.EVENTS.text())
                .contains("\n  " + each + " "));
    }

    @ParameterizedTest
    @CsvSource({
        "validate, --events",
        "validate, --quiet",
        "validate, --no-color",
        "submit, --events",
        "cancel, --backend",
        "cancel, --max-concurrent",
        "cancel, --accept-unconfirmed",
        "resume, --backend",
        "status, --interval"
    })
    void optionThatDoesNothingInACommandIsNotThere(String command, String option) {
        assertThat(Commands.specs().get(command).findOption(option)).isNull();
    }

    @Test
    void aLetterMeansTheSameEverywhere() {
        Map<String, List<String>> known = Map.of(
                "-h", List.of("--help"),
                "-q", List.of("--quiet"),
                "-f", List.of("--follow"),
                "-n", List.of("--tail", "--limit"),
                "-o", List.of("--output"),
                "-M", List.of("--clusters"));
        Commands.specs().forEach((name, spec) -> {
            for (OptionSpec option : spec.options()) {
                for (String letter : option.names()) {
                    if (letter.length() == 2) {
                        assertThat(known.getOrDefault(letter, List.of()))
                                .as(name + " " + letter)
                                .contains(option.longestName());
                    }
                }
            }
        });
        assertThat(Commands.specs().get("logs").findOption("-f").longestName()).isEqualTo("--follow");
        assertThat(Commands.specs().get("run").findOption("-q").longestName()).isEqualTo("--quiet");
    }

    @Test
    void hintsGiveAValueThatTheOptionTakes() {
        Commands.specs().forEach((name, spec) -> {
            for (OptionSpec option : spec.options()) {
                if (option.type() != boolean.class) {
                    assertThat(LikelyValue.written(option))
                            .as(name)
                            .startsWith(option.longestName() + " ")
                            .doesNotEndWith(" " + option.paramLabel());
                }
            }
        });
    }

    private static String overview() throws IOException {
        try (InputStream in = Commands.class.getResourceAsStream("/dev/settle/app/help.txt")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
