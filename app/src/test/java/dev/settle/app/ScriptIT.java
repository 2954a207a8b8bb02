package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sbatch scripts with arguments, and resumes after a script or a run file was changed. */
final class ScriptIT extends LauncherCase {
    private void script(String name, String body) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, "#!/bin/sh\n#SBATCH -J fx\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void whatStandsBehindAScriptIsTheScripts() throws Exception {
        script("job.sh", "for each do printf '<%s>' \"$each\"; done");
        for (String command : List.of("run", "submit")) {
            Launched.Child run = settle(
                    command, "--backend", "local", "--quiet", "job.sh", "x", "a  b", "--name", "it's", "--", "-n");
            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.err()).contains("--name stands behind job.sh, so it is given to the script");
            assertThat(settle("watch", "fx", "--exit-status", "--quiet").code()).isZero();
            assertThat(settle("logs", "fx", "fx").out()).isEqualTo("<x><a  b><--name><it's><--><-n>");
        }
        Launched.Child dashes = settle("run", "--backend", "local", "--quiet", "job.sh", "--", "--quiet", "y");
        assertThat(dashes.err()).isEmpty();
        assertThat(settle("logs", "fx", "fx").out()).isEqualTo("<--quiet><y>");
        Launched.Child plan = settle("validate", "--json", "job.sh", "x", "--json");
        assertThat(Json.parseObject(plan.out().replace("\n", " ").strip())
                        .objects("items")
                        .get(0)
                        .texts("arguments"))
                .containsExactly("x", "--json");
    }

    @Test
    void aRunFileTakesNoArguments() throws Exception {
        Files.writeString(folder.resolve("run.yaml"), "items: [{id: a, command: 'true'}]\n");
        Launched.Child run = settle("run", "run.yaml", "x");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("a run file takes no arguments, and \"x\" stands after it");
    }

    @Test
    void aScriptThatIsRunAsACommandIsSaidToLoseItsOptions() throws Exception {
        script("job.sh", "echo \"$@\"");
        Launched.Child run = settle("run", "--backend", "local", "--quiet", "--", "./job.sh", "x", "y");
        assertThat(run.code()).isZero();
        assertThat(run.err())
                .contains(
                        "the #SBATCH lines of ./job.sh do not apply to a command; with them: settle run ./job.sh x y");
        assertThat(settle("run", "--dry-run", "--", "sh", "-e", "job.sh").err())
                .contains("the #SBATCH lines of job.sh");
        assertThat(settle("run", "--dry-run", "--", "cat", "job.sh").err()).isEmpty();
    }

    @Test
    void aResumeSaysThatTheScriptWasChangedAndTakesItOnlyWhenAsked() throws Exception {
        script("job.sh", "echo v1 $1; exit 1");
        assertThat(settle("run", "--backend", "local", "--quiet", "job.sh", "x").code())
                .isEqualTo(1);
        Launched.Child same = settle("resume", "fx", "--quiet");
        assertThat(same.code()).isEqualTo(1);
        assertThat(same.err()).isEmpty();

        script("job.sh", "echo v2 $1");
        Launched.Child old = settle("resume", "fx", "--quiet");
        assertThat(old.code()).isEqualTo(1);
        assertThat(old.err()).contains("job.sh was changed", "goes on with the text that was accepted", "--refresh");
        assertThat(settle("logs", "fx", "fx").out()).isEqualTo("v1 x\n");

        Launched.Child refreshed = settle("resume", "fx", "--quiet", "--refresh");
        assertThat(refreshed.code()).as(refreshed.err()).isZero();
        assertThat(refreshed.err()).contains("1 changed (fx)");
        assertThat(settle("logs", "fx", "fx").out()).isEqualTo("v2 x\n");
    }

    @Test
    void aRefreshKeepsWhatCompletedAndTakesWhatIsNewAndDropsWhatIsGone() throws Exception {
        Path file = folder.resolve("suite.yaml");
        Path ran = folder.resolve("ran");
        String head = "name: suite\nbackend: local\nitems:\n";
        Files.writeString(
                file,
                (head
                                + "  - {id: good, command: 'echo good >> RAN'}\n  - {id: bad, command: 'echo bad >> RAN; exit 3'}\n"
                                + "  - {id: gone, command: 'exit 4'}\n")
                        .replace("RAN", ran.toString()));
        assertThat(settle("run", "suite.yaml", "--quiet").code()).isEqualTo(1);
        Files.writeString(
                file,
                (head + "  - {id: good, command: 'echo changed >> RAN'}\n  - {id: bad, command: 'echo fixed >> RAN'}\n"
                                + "  - {id: more, command: 'echo more >> RAN', deps: [bad]}\n")
                        .replace("RAN", ran.toString()));
        Launched.Child resumed = settle("resume", "suite", "--refresh", "--json");
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(resumed.err())
                .contains(
                        "1 changed (bad), 1 added (more), 1 removed (gone); 1 kept as accepted, completed or with a job");
        assertThat(resumed.items().keySet()).containsExactly("good", "bad", "more");
        assertThat(Launched.lines(ran)).containsExactly("bad", "fixed", "good", "more");

        Files.writeString(file, Files.readString(file) + "  - {id: gone, command: 'true'}\n");
        assertThat(settle("resume", "suite", "--refresh").err())
                .contains("gone was taken out of this run by an earlier --refresh; give it another id");

        Files.writeString(file, "items: [{id: a, command: b, deps: [nobody]}]\n");
        Launched.Child refused = settle("resume", "suite", "--refresh");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("nobody");
        Files.delete(file);
        assertThat(settle("resume", "suite").code()).isZero();
    }

    @Test
    void aResumeAsksForMoreAndSaysSo() throws Exception {
        script("job.sh", "#\nexit 1");
        assertThat(settle("run", "--backend", "local", "--quiet", "job.sh").code())
                .isEqualTo(1);
        assertThat(settle("resume", "fx", "--memory", "4 pounds").err())
                .contains("--memory: \"4 pounds\" is not a size");
        assertThat(settle("resume", "fx", "--time", "2h", "--memory", "1G", "--cpus", "1", "--quiet")
                        .code())
                .isEqualTo(1);
        assertThat(settle("status", "fx").out()).contains("New attempts ask for time limit 2h, memory 1G, 1 cpu");
        assertThat(settle("explain", "fx", "fx").out()).contains("new attempts ask for time limit 2h");
        Launched.Child again = settle("resume", "fx", "--quiet");
        assertThat(again.err()).as("the file was not changed").isEmpty();
    }

    @Test
    void submitPrintsADocumentAndRunsStopAfterTheFailuresThatTheCommandLineAllows() throws Exception {
        Files.writeString(
                folder.resolve("run.yaml"),
                "backend: local\nmax_concurrent: 1\nmax_failures: 9\nitems:\n"
                        + "  - {id: a, matrix: {n: [1, 2, 3, 4]}, command: 'exit {n}'}\n");
        Launched.Child submitted = settle("submit", "--json", "run.yaml", "--max-failures", "2");
        Fields document = Json.parseObject(submitted.out().strip());
        Launched.Child ended = settle("watch", document.text("id"), "--exit-status", "--json");
        assertThat(ended.code()).isEqualTo(1);
        Fields run = Json.parseObject(ended.out().replace("\n", " ").strip());
        assertThat(run.text("state")).isEqualTo("failed");
        assertThat(run.object("stop").text("reason")).isEqualTo("max_failures");
        assertThat(run.object("stop").text("headline")).startsWith("Run failed: 2 of 4 items failed");
        assertThat(run.object("counts").integer("not_started")).isEqualTo(2);
    }
}
