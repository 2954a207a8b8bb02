package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README tells people to type is there, and what runs on this machine is run. */
final class ReadmeIT extends LauncherCase {
    private static final int COMMANDS_AT_LEAST = 18;
    private static final Pattern COMMAND = Pattern.compile("(?m)(?:`| {4}\\$? ?)settle ([a-z]+)([^`\n]*)");
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z-]+");

    /** In a code span, on a line of a session, or on a line of what settle itself advises there. */
    private static final Pattern WHOLE =
            Pattern.compile("(?m)(?:`|^ {4}(?:\\$ )?|^ {6}|items: |<\\()(settle (?:--on|[a-zA-Z]+)[^`\n)]*)");

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

    /** Every command that the README names: here with what stands for its placeholders, or in the test that has what it needs. */
    @Test
    void everyCommandIsRun() throws Exception {
        writeExamples();
        Map<String, Case> here = new LinkedHashMap<>();
        here.put("settle run FILE", new Case("run FILE --backend local --only prepare", 0));
        here.put(
                "settle run nightly.yaml", new Case("run nightly.yaml --backend local --only prepare --name again", 0));
        here.put("settle run -- CMD ARG...", new Case("run --backend local --name words -- printf %s word", 0));
        here.put("settle run job.sh ARG...", new Case("run --backend local job.sh one", 0));
        here.put("settle run --backend local -- echo hello", new Case("run --backend local -- echo hello", 0));
        here.put("settle submit FILE", new Case("submit FILE --backend local --name RUN", 0));
        here.put("settle watch [RUN] --exit-status", new Case("watch RUN --exit-status", 1));
        here.put("settle watch", new Case("watch RUN", 0));
        here.put("settle wait RUN...", new Case("wait RUN words", 1));
        here.put("settle status [RUN]", new Case("status RUN", 0));
        here.put("settle list", new Case("list", 0));
        here.put("settle explain RUN [ITEM...]", new Case("explain RUN prepare", 0));
        here.put("settle explain ffzabtyp 'train[lr=0.01]'", new Case("explain RUN train[lr=0.1,seed=1]", 0));
        here.put("settle logs RUN [ITEM...]", new Case("logs RUN prepare", 0));
        here.put("settle logs ffzabtyp 'train[lr=0.01]'", new Case("logs RUN train[lr=0.1,seed=1]", 0));
        here.put("settle resume RUN", new Case("resume RUN", 1));
        here.put("settle resume ffzabtyp", new Case("resume RUN", 1));
        here.put("settle cancel RUN [ITEM...]", new Case("cancel RUN prepare", 0));
        here.put("settle recover", new Case("recover", 0));
        here.put("settle report RUN --html F", new Case("report RUN --html page.html", 0));
        here.put("settle report A B --html F", new Case("report RUN words --html pair.html", 0));
        here.put("settle rm RUN...", new Case("rm RUN words", 0));
        here.put("settle prune --older-than 30d", new Case("prune --older-than 30d", 0));
        here.put("settle doctor", new Case("doctor", 0));
        here.put("settle validate FILE", new Case("validate FILE", 0));
        here.put("settle agent", new Case("agent", 0));
        here.put("settle completion SHELL", new Case("completion zsh", 0));
        here.put("settle completion bash", new Case("completion bash", 0));
        here.put("settle completion fish", new Case("completion fish", 0));
        here.put("settle help NAME", new Case("help reasons", 0));
        here.put("settle COMMAND --help", new Case("report --help", 0));

        Map<String, List<String>> elsewhere = Map.of(
                "settle run --backend slurm -- hostname", List.of("RealSlurmIT", "\"--\", \"hostname\""),
                "settle watch --exit-status --job ID", List.of("RealBareClusterIT", "\"--job\""),
                "settle dashboard", List.of("DashboardPageIT", "\"dashboard\""),
                "settle --on HOST COMMAND ...", List.of("RemoteIT", "\"--on\""),
                "settle credits --queue URL", List.of("QueueRunIT", "\"credits\", \"--queue\""),
                "settle mcp", List.of("McpIT", "\"mcp\""));

        Set<String> named = new TreeSet<>();
        WHOLE.matcher(readme()).results().map(found -> found.group(1).strip()).forEach(named::add);
        Set<String> tried = new TreeSet<>(here.keySet());
        tried.addAll(elsewhere.keySet());
        assertThat(tried).isEqualTo(named);
        for (List<String> test : elsewhere.values()) {
            assertThat(TestData.read("..", "app/src/test/java/dev/settle/app/" + test.get(0) + ".java"))
                    .contains(test.get(1));
        }
        for (Map.Entry<String, Case> each : here.entrySet()) {
            Launched.Child ran = settle(each.getValue().words());
            assertThat(ran.code())
                    .as("%s%n%s%n%s", each.getKey(), ran.out(), ran.err())
                    .isEqualTo(each.getValue().code());
        }
        assertThat(folder.resolve("page.html")).exists();
        assertThat(folder.resolve("pair.html")).exists();
    }

    private record Case(String command, int code) {
        String[] words() {
            return command.replace("FILE", "nightly.yaml")
                    .replace("RUN", "main")
                    .split(" ");
        }
    }

    /** The run file of the README, whose {@code train} fails here, and a script for sbatch. */
    private void writeExamples() throws IOException {
        Matcher file = Pattern.compile("(?s)\n( {4}name: nightly\n.*?)\n\n").matcher(readme());
        assertThat(file.find()).isTrue();
        String yaml = file.group(1).replaceAll("(?m)^ {4}", "");
        Files.writeString(folder.resolve("nightly.yaml"), yaml.replace("python train.py", "false train.py") + "\n");
        Path prepare = Files.writeString(folder.resolve("prepare.sh"), "#!/bin/sh\necho prepared\n");
        assertThat(prepare.toFile().setExecutable(true)).isTrue();
        Files.writeString(folder.resolve("job.sh"), "#!/bin/sh\n#SBATCH --job-name=script\necho \"$1\"\n");
    }

    private static String readme() {
        return TestData.read("..", "README.md");
    }
}
