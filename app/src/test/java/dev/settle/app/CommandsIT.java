package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Commands that look after several runs, and what a command line says in place of a run file, through the launcher. */
final class CommandsIT extends LauncherCase {
    private String submitted(String name, String command) throws Exception {
        Launched.Child submit = settle("submit", "--backend", "local", "--name", name, "--", "sh", "-c", command);
        assertThat(submit.code()).as(submit.err()).isZero();
        return submit.out().strip();
    }

    private String only(String document, String key) throws IOException {
        return Json.parseObject(document).text(key);
    }

    @Test
    void waitIsSilentOnSuccessAndTellsTheWorstOfSeveral() throws Exception {
        String good = submitted("good", "sleep 1");
        String bad = submitted("bad", "sleep 2; exit 3");
        Launched.Child fine = settle("wait", good);
        assertThat(fine.code()).isZero();
        assertThat(fine.out() + fine.err()).isEmpty();
        Launched.Child both = settle("wait", "good", bad);
        assertThat(both.code()).as(both.err()).isEqualTo(1);
        assertThat(both.out()).contains(bad + ": Run failed").doesNotContain(good + ":");
        Launched.Child json = settle("watch", bad, good, bad, "--exit-status", "--json");
        assertThat(json.code()).isEqualTo(1);
        assertThat(json.out().indexOf(bad)).isLessThan(json.out().indexOf(good));
        assertThat(json.out()).startsWith("[").endsWith("]\n");
        Launched.Child plain = settle("watch", good, bad);
        assertThat(plain.code()).isZero();
        assertThat(plain.out()).contains(good + ": Run completed.").endsWith("1 of 2 runs completed.\n");
        assertThat(settle("watch", good, bad, "--events").code()).isEqualTo(2);
        assertThat(settle("wait", good, "nosuchrun").code()).isEqualTo(5);
    }

    @Test
    void whatIsToBeCopiedAfterATimeoutKeepsTheOptionsAndTheRuns() throws Exception {
        String one = submitted("one", "sleep 60");
        String two = submitted("two", "sleep 60");
        Launched.Child watch = settle("watch", one, "--exit-status", "--timeout", "1s", "--only", "o*");
        assertThat(watch.code()).isEqualTo(124);
        assertThat(watch.err()).endsWith("settle watch " + one + " --exit-status --timeout 1s --only 'o*'\n");
        Launched.Child wait = settle("wait", one, two, "--timeout", "1s");
        assertThat(wait.code()).isEqualTo(124);
        assertThat(wait.err()).endsWith("settle wait " + one + " " + two + " --timeout 1s\n");
        Launched.Child signalled = launched.start("watch", one, two, "--exit-status");
        Launched.await(
                "both are watched",
                () -> signalled.out().contains(one + ":") && signalled.out().contains(two + ":"));
        // The first line is printed just before signals are heard.
        TimeUnit.MILLISECONDS.sleep(300);
        signalled.signal("INT");
        assertThat(signalled.await()).isEqualTo(130);
        assertThat(signalled.err()).endsWith("settle watch " + one + " " + two + " --exit-status\n");
        assertThat(settle("cancel", one).code()).isZero();
        assertThat(settle("cancel", two).code()).isZero();
    }

    @Test
    void aFailedItemOfOneRunEndsTheWatchingOfAll() throws Exception {
        String waits = submitted("waits", "sleep 60");
        String fails = submitted("fails", "sleep 1; exit 1");
        Launched.Child wait = settle("wait", waits, fails, "--fail-fast");
        assertThat(wait.code()).isEqualTo(1);
        assertThat(only(settle("status", waits, "--json").out(), "state")).isEqualTo("running");
        assertThat(settle("cancel", waits).code()).isZero();
    }

    @Test
    void theCommandLineSpeaksInPlaceOfTheFileAndAResumeRemembers() throws Exception {
        Path file = Files.writeString(folder.resolve("sweep.yaml"), """
                name: sweep
                backend: local
                params: {lr: 0.1}
                items:
                  - {id: prepare, command: "echo prepared {lr}"}
                  - {id: train, command: "echo lr {lr}; exit 4", deps: [prepare]}
                  - {id: other, command: "exit 9"}
                """);
        Launched.Child run =
                settle("run", "--set", "lr=0.2", "--only", "train", "--name", "tonight", "--json", file.toString());
        assertThat(run.code()).as(run.err()).isEqualTo(1);
        assertThat(only(run.out(), "name")).isEqualTo("tonight");
        assertThat(run.items()).containsOnlyKeys("prepare", "train");
        assertThat(settle("logs", "tonight", "train").out()).contains("lr 0.2");
        Files.writeString(file, Files.readString(file).replace("exit 4", "exit 0"));
        Launched.Child resume = settle("resume", "tonight", "--refresh", "--json");
        assertThat(resume.code()).as(resume.err()).isZero();
        assertThat(resume.items()).containsOnlyKeys("prepare", "train");
        assertThat(settle("logs", "tonight", "train").out()).contains("lr 0.2");
        Launched.Child wrong = settle("run", "--set", "rl=1", file.toString());
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("there is no parameter \"rl\"", "did you mean \"lr\"?");
        assertThat(settle("validate", "--set", "lr=7", "--only", "other", file.toString())
                        .out())
                .contains("other")
                .doesNotContain("train");
    }

    @Test
    void aRetryAsksForMoreTime() throws Exception {
        Path file = Files.writeString(folder.resolve("grows.yaml"), """
                name: grows
                backend: local
                items:
                  - id: a
                    command: sleep 4
                    time_limit: 2s
                    retries: {max: 1, on: [time_limit], time_limit: x10}
                """);
        Launched.Child run = settle("run", "--json", file.toString());
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.items().get("a").integer("attempt")).isEqualTo(2);
        assertThat(settle("explain", "grows", "a").out())
                .contains("this attempt asked for time limit 20s (after 1 retry: time limit x10)");
        assertThat(settle("validate", file.toString()).out()).contains("up to 1 retry (time limit x10)");
    }

    @Test
    void anOutputThatAScriptNamedStaysWhenItsRunIsRemoved() throws Exception {
        Path script = Files.writeString(folder.resolve("job.sh"), """
                #!/bin/sh
                #SBATCH --job-name=named
                #SBATCH --output=logs/out-%j.txt
                echo "results $1"
                """);
        Launched.Child run = settle("run", "--backend", "local", script.toString(), "of-today");
        assertThat(run.code()).as(run.err()).isZero();
        String id = only(settle("status", "--json").out(), "id");
        Launched.Child rm = settle("rm", "named");
        assertThat(rm.code()).as(rm.err()).isZero();
        assertThat(rm.out()).startsWith("removed " + id + " (named): ");
        assertThat(folder.resolve("state/runs/" + id)).doesNotExist();
        try (var logs = Files.list(folder.resolve("logs"))) {
            List<Path> files = logs.toList();
            assertThat(files).hasSize(1);
            assertThat(files.get(0)).isRegularFile().hasContent("results of-today\n");
            assertThat(Files.isSymbolicLink(files.get(0))).isFalse();
        }
    }

    @Test
    void listIsFilteredAndFitsTheTerminal() throws Exception {
        String name = "a-very-long-name-of-an-evaluation-that-nobody-wants-to-read-in-full";
        String good = submitted(name, "true");
        String bad = submitted("bad", "exit 1");
        settle("wait", good, bad);
        List<Fields> failed = Json.parseObject(
                        settle("list", "--state", "failed", "--json").out())
                .objects("runs");
        assertThat(failed).hasSize(1);
        assertThat(failed.get(0).text("id")).isEqualTo(bad);
        assertThat(Json.parseObject(
                                settle("list", "--name", "a-*", "-n", "1", "--since", "1h", "--sort", "name", "--json")
                                        .out())
                        .objects("runs"))
                .hasSize(1);
        assertThat(settle("list", "--sort", "nmae").err()).contains("did you mean name?");
        assertThat(settle("list").out()).contains(name);
        Launched.Child narrow = launched.startProcess(List.of(
                "script",
                "-qec",
                "stty cols 60 && "
                        + Launch.command(
                                        System.getProperty("settle.dist") + "/bin/settle",
                                        List.of("list", "--no-color"))
                                .stream()
                                .reduce("", (a, b) -> a + " '" + b + "'"),
                "/dev/null"));
        assertThat(narrow.await()).as(narrow.out()).isZero();
        List<String> lines = narrow.out().replace("\r", "").lines().toList();
        assertThat(lines)
                .allMatch(line -> line.length() <= 60)
                .anyMatch(line -> line.startsWith(good + "  a-ver...full"));
    }

    @Test
    void rmTellsAManagedRunWhatToDo() throws Exception {
        String id = submitted("long", "sleep 60");
        Launched.Child rm = settle("rm", id);
        assertThat(rm.code()).isEqualTo(5);
        assertThat(rm.err()).contains("settle cancel " + id);
        assertThat(settle("cancel", id).code()).isZero();
        Launched.await("it can be removed", () -> settle("rm", id).code() == 0);
        assertThat(settle("status", id).code()).isEqualTo(5);
    }
}
