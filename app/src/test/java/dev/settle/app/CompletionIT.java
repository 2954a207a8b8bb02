package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.settle.testdata.Launch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Completion in the shells themselves: in bash and zsh a line is typed at a terminal, ended with a tab, and run, and what is
 * looked at are the words that the shell then hands to settle; fish says by itself what it would complete.
 */
final class CompletionIT extends LauncherCase {
    private static final Path BIN = Path.of(System.getProperty("settle.dist"), "bin");

    /** A shell that read this name as shell text would leave a file behind. */
    private static final String NAME = "my $(touch pwned) `touch pwned` it's \"one\"";

    /** What is typed, and the words that settle is called with after a tab. */
    private static final List<List<String>> LINES = List.of(
            List.of("settle wat", "watch"),
            List.of("settle help exit", "help|exit-status"),
            List.of("settle watch --exi", "watch|--exit-status"),
            List.of("settle status gr", "status|grid"),
            List.of("settle status my", "status|" + NAME),
            List.of("settle logs grid prep", "logs|grid|prepare"),
            List.of("settle logs -n 5 grid prep", "logs|-n|5|grid|prepare"),
            List.of("settle logs grid a:", "logs|grid|a:b"),
            List.of("settle logs grid train\\[lr=0.01", "logs|grid|train[lr=0.01]"),
            List.of("settle logs grid 'train[lr=0.01", "logs|grid|train[lr=0.01]"),
            List.of("settle resume grid --from prep", "resume|grid|--from|prepare"),
            List.of("settle cancel grid prepare a", "cancel|grid|prepare|a:b"),
            List.of("settle run --backend sl", "run|--backend|slurm"),
            List.of("settle run --backend=sl", "run|--backend=slurm"),
            List.of("settle run --interval 12", "run|--interval|12h"),
            List.of("settle run --chdir fold", "run|--chdir|folder of jobs/"),
            List.of("settle run gri", "run|grid.yaml"),
            List.of("settle report --html pag", "report|--html|page.html"),
            List.of("settle run --cpus 2 -- settle-test-pro", "run|--cpus|2|--|settle-test-program"),
            List.of("settle completion fi", "completion|fish"));

    private Path screen;

    @BeforeEach
    void layOut() throws Exception {
        screen = folder.resolve("screen");
        Files.createDirectory(folder.resolve("folder of jobs"));
        Files.createFile(folder.resolve("page.html"));
        Path program = Files.createDirectory(folder.resolve("bin")).resolve("settle-test-program");
        Files.writeString(program, "#!/bin/sh\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Files.writeString(folder.resolve("grid.yaml"), """
                name: grid
                items:
                  - {id: prepare, command: "true"}
                  - {id: "a:b", command: "true"}
                  - {id: train, matrix: {lr: [0.1, 0.01]}, command: "true"}
                """);
        assertThat(settle("run", "--backend", "local", "grid.yaml").code()).isZero();
        assertThat(settle("run", "--backend", "local", "--name", NAME, "--", "true")
                        .code())
                .isZero();
    }

    @Test
    void bashCompletesWhatIsTyped() throws Exception {
        typedLinesBecomeTheirWords("bash", "bash --norc --noprofile -i");
    }

    @Test
    void zshCompletesWhatIsTyped() throws Exception {
        typedLinesBecomeTheirWords("zsh", "zsh -f -i");
    }

    private void typedLinesBecomeTheirWords(String shell, String command) throws Exception {
        need(shell);
        Path setup = folder.resolve("setup");
        // What is completed is not to be done: the words are shown in its place.
        Files.writeString(setup, """
                source <(settle completion SHELL)
                settle() {
                  if [ "$1" = __complete ]; then command settle "$@"; return; fi
                  local word line=
                  for word in "$@"; do line="$line|$word"; done
                  printf 'got:%s|end\\n' "$line"
                }
                """.replace("SHELL", shell));
        Process terminal = terminal(command);
        try {
            // In two words, so that the echo of the line is not taken for its answer.
            type(terminal, ". ./setup; echo set''up is done\n");
            sees("setup is done", terminal);
            for (List<String> line : LINES) {
                type(terminal, line.get(0) + "\t\n");
                sees("got:|" + line.get(1).replace("folder of jobs/", "folder of jobs"), terminal);
            }
        } finally {
            terminal.destroyForcibly();
        }
        assertThat(folder.resolve("pwned")).doesNotExist();
    }

    @Test
    void fishOffersWhatFits() throws Exception {
        need("fish");
        Path script = folder.resolve("settle.fish");
        Files.writeString(script, settle("completion", "fish").out());
        List<String> asked = new ArrayList<>();
        for (List<String> line : LINES) {
            // Where a quote is open, fish is asked for what was typed so far without it.
            asked.add(line.get(0).replace("'", ""));
        }
        for (String line : asked) {
            List<String> words = List.of(LINES.get(asked.indexOf(line)).get(1).split("[|]", -1));
            String wanted = words.get(words.size() - 1);
            assertThat(offered(script, line)).as(line).contains(wanted.contains("=slurm") ? "--backend=slurm" : wanted);
        }
        assertThat(offered(script, "settle status "))
                .contains("grid", NAME)
                .doesNotContain("grid.yaml", "page.html", "--json");
        assertThat(offered(script, "settle logs grid "))
                .containsExactlyInAnyOrder("prepare", "a:b", "train", "train[lr=0.1]", "train[lr=0.01]");
        assertThat(offered(script, "settle run --on-exhausted ")).containsExactlyInAnyOrder("interrupt", "wait");
        assertThat(offered(script, "settle list ")).isEmpty();
        assertThat(folder.resolve("pwned")).doesNotExist();
    }

    /** The words that fish offers for a line, without what it says about them. */
    private Set<String> offered(Path script, String line) throws Exception {
        Path out = folder.resolve("offered");
        ProcessBuilder builder = new ProcessBuilder(
                        "fish", "--no-config", "-c", "source " + script + "; complete -C $argv[1]", line)
                .directory(folder.toFile())
                .redirectOutput(out.toFile());
        surround(builder);
        assertThat(builder.start().waitFor()).isLessThan(126);
        return Files.readAllLines(out).stream()
                .map(each -> each.replaceFirst("\t.*", ""))
                .collect(Collectors.toSet());
    }

    /** Skipped where the shell is missing; in CI, which installs it, that is a failure. */
    private static void need(String shell) {
        if (!"true".equals(System.getenv("CI"))) {
            assumeTrue(isInstalled(shell), shell + " is not installed");
        }
        assertThat(isInstalled(shell)).as("%s is installed", shell).isTrue();
    }

    private static boolean isInstalled(String shell) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, shell)));
    }

    private void surround(ProcessBuilder builder) {
        builder.environment().put("PATH", BIN + ":" + folder.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().put("SETTLE_HOME", folder.resolve("state").toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("HOME", folder.toString());
        builder.environment().put("TERM", "dumb");
        builder.environment().put("LC_ALL", "C.UTF-8");
    }

    private Process terminal(String shell) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Launch.command("script", List.of("-qefc", "stty columns 200 rows 50; " + shell, "/dev/null")))
                .directory(folder.toFile())
                .redirectOutput(screen.toFile())
                .redirectErrorStream(true);
        surround(builder);
        return builder.start();
    }

    private static void type(Process terminal, String keys) throws IOException {
        OutputStream out = terminal.getOutputStream();
        out.write(keys.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private void sees(String words, Process terminal) throws IOException, InterruptedException {
        Launched.await("the terminal shows " + words, () -> {
            assertThat(terminal.isAlive()).as(text()).isTrue();
            return text().contains(words);
        });
    }

    private String text() throws IOException {
        return Files.readString(screen, StandardCharsets.UTF_8);
    }
}
