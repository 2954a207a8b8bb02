package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.testdata.TestData;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README tells people to type is there, and what runs on this machine is run. */
final class ReadmeIT extends LauncherCase {
    private static final int COMMANDS_AT_LEAST = 18;
    private static final Pattern COMMAND = Pattern.compile("(?m)(?:`| {4}\\$? ?)settle ([a-z]+)([^`\n]*)");
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z-]+");

    @Test
    void everyCommandAndOptionIsThere() throws Exception {
        Map<String, Set<String>> commands = new TreeMap<>();
        Matcher command = COMMAND.matcher(readme());
        while (command.find()) {
            Set<String> options = commands.computeIfAbsent(command.group(1), word -> new LinkedHashSet<>());
            // What stands behind -- is the item's command.
            Matcher option = OPTION.matcher(command.group(2).split(" -- ", 2)[0]);
            while (option.find()) {
                options.add(option.group());
            }
        }
        commands.remove("help");
        assertThat(commands).hasSizeGreaterThanOrEqualTo(COMMANDS_AT_LEAST);
        for (Map.Entry<String, Set<String>> each : commands.entrySet()) {
            Launched.Child help = settle(each.getKey(), "--help");
            assertThat(help.code()).as(each.getKey()).isZero();
            for (String option : each.getValue()) {
                assertThat(help.out()).contains(option);
            }
        }
    }

    @Test
    void firstRunOnThisMachineCompletes() throws Exception {
        assertThat(readme()).contains("    settle run --backend local -- echo hello\n", "    settle doctor\n");
        Launched.Child run = settle("run", "--backend", "local", "--", "echo", "hello");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(settle("doctor").code()).isLessThanOrEqualTo(1);
    }

    private static String readme() {
        return TestData.read("..", "README.md");
    }
}
