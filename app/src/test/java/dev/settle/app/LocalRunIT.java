package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The main job on the local backend, through the launcher: verdicts, exit statuses, and what a killed driver leaves. */
final class LocalRunIT extends LauncherCase {
    private Path runFile(String text) throws IOException {
        return Files.writeString(folder.resolve("run.yaml"), text);
    }

    @Test
    void firstExampleRunsToItsVerdict() throws Exception {
        Launched.Child run = settle(
                "run",
                "--backend",
                "local",
                TestData.path("examples", "first-run.yaml").toString());
        assertThat(run.out()).contains("Run completed.").doesNotContain("\u001b");
        assertThat(run.code()).isZero();
    }

    @Test
    void everyKindOfEndIsToldRightAndAWatcherAgrees() throws Exception {
        Path file = runFile("""
                name: ends
                backend: local
                max_concurrent: 4
                items:
                  - {id: ok, command: "echo fine"}
                  - {id: bad, command: "exit 3"}
                  - {id: code137, command: "exit 137"}
                  - {id: killed, command: "kill -9 $$"}
                  - {id: slow, command: "trap '' TERM; sleep 60; sleep 60", timeout: 1s}
                  - {id: nowhere, command: "true", working_dir: /nonexistent/folder}
                  - {id: after, command: "true", deps: [bad]}
                """);
        Launched.Child run = settle("run", file.toString(), "--json");
        assertThat(run.code()).isEqualTo(1);
        Map<String, Fields> items = run.items();
        assertEnd(items.get("ok"), "completed", "ok", 0, null);
        assertEnd(items.get("bad"), "failed", "exit_code", 3, null);
        assertEnd(items.get("code137"), "failed", "exit_code", 137, null);
        assertEnd(items.get("killed"), "failed", "signal", null, 9);
        assertThat(items.get("slow").text("reason")).isEqualTo("timeout");
        assertThat(items.get("nowhere").text("reason")).isEqualTo("launch_failure");
        assertThat(items.get("after").text("state")).isEqualTo("dep_failed");
        Launched.Child watched = settle("watch", "ends", "--exit-status", "--json");
        assertThat(watched.code()).isEqualTo(1);
        assertThat(watched.items().get("killed").asMap())
                .isEqualTo(items.get("killed").asMap());
        assertThat(settle("watch", "ends", "--quiet").code()).isZero();
    }

    private static void assertEnd(Fields item, String state, String reason, Integer code, Integer signal)
            throws IOException {
        assertThat(item.text("state")).as(item.text("id")).isEqualTo(state);
        assertThat(item.text("reason")).as(item.text("id")).isEqualTo(reason);
        assertThat(item.asMap().get("exit_code")).isEqualTo(code == null ? null : Long.valueOf(code));
        assertThat(item.asMap().get("signal")).isEqualTo(signal == null ? null : Long.valueOf(signal));
    }

    @Test
    void runOnThisMachineLoadsNoClassOfTheSlurmAdapter() throws Exception {
        Path log = folder.resolve("classes.log");
        try (Launched logging = new Launched(
                folder,
                folder.resolve("state"),
                Map.of("SETTLE_JAVA_OPTS", "-Xlog:class+load:file=" + log + ":none"))) {
            assertThat(logging.settle("run", "--backend", "local", "--", "true").code())
                    .isZero();
        }
        assertThat(Files.readAllLines(log))
                .anyMatch(line -> line.startsWith("dev.settle.app.local.LocalScheduler "))
                .noneMatch(line -> line.startsWith("dev.settle.slurm."));
        assertThat(folder.resolve("state/questions")).doesNotExist();
    }

    @Test
    void killedDriverLeavesAStalledRunThatAWatcherFinishes() throws Exception {
        Path file = runFile("""
                name: orphan
                backend: local
                max_concurrent: 2
                items:
                  - {id: a, command: "echo a >> ran; sleep 2"}
                  - {id: b, command: "echo b >> ran; sleep 2; exit 3"}
                  - {id: c, command: "echo c >> ran", deps: [a]}
                """);
        Launched.Child driver = launched.start("run", file.toString());
        Launched.await("both run", () -> Launched.lines(folder.resolve("ran")).equals(List.of("a", "b")));
        driver.process().destroyForcibly().waitFor();
        assertThat(settle("status", "orphan", "--json").out()).contains("\"stalled\"");
        Launched.Child watched = settle("watch", "orphan", "--exit-status", "--json");
        assertThat(watched.code()).isEqualTo(1);
        Map<String, Fields> items = watched.items();
        assertEnd(items.get("a"), "completed", "ok", 0, null);
        assertEnd(items.get("b"), "failed", "exit_code", 3, null);
        assertEnd(items.get("c"), "completed", "ok", 0, null);
        assertThat(Files.readAllLines(folder.resolve("ran"))).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void detachedRunStartsItsDependentsAndEndsWithNobodyWatching() throws Exception {
        Files.writeString(folder.resolve("chain.yaml"), """
                name: chain
                backend: local
                items:
                  - {id: first, command: "touch started; while [ ! -e go ]; do sleep 0.1; done"}
                  - {id: second, command: "touch second", deps: [first]}
                """);
        Launched.Child run = launched.start("run", "chain.yaml");
        Launched.await("the job is there", () -> Files.exists(folder.resolve("started")));
        run.signal("TERM");
        assertThat(run.await()).isEqualTo(143);
        assertThat(run.err()).contains("it continues in the background. To follow: settle watch");
        Files.createFile(folder.resolve("go"));
        Launched.await(
                "the run has ended",
                () -> settle("status", "chain", "--json").out().contains("\"settled\": true"));
        assertThat(folder.resolve("second")).exists();
    }

    @Test
    void whoeverLeavesAWatchLeavesTheRunGoingOn() throws Exception {
        Files.writeString(folder.resolve("two.yaml"), """
                name: two
                backend: local
                max_concurrent: 1
                items:
                  - {id: a, command: "while [ ! -e GO ]; do sleep 0.1; done; exit 1"}
                  - {id: b, command: 'true'}
                """.replace(
                        "GO", folder.resolve("go").toString()));
        Launched.Child driver = launched.start("run", "two.yaml");
        Launched.await("the job is there", () -> driver.out().contains("submitted"));
        driver.process().destroyForcibly();
        driver.await();
        Launched.Child watch = settle("watch", "two", "--timeout", "1s");
        assertThat(watch.code()).isEqualTo(124);
        Launched.await("the background driver has it", () -> Json.parseObject(
                        settle("status", "two", "--json").out())
                .object("driver")
                .flag("alive"));
        Files.writeString(folder.resolve("go"), "");
        Launched.await("the run has ended without anybody watching", () -> Json.parseObject(
                        settle("status", "two", "--json").out())
                .text("state")
                .equals("failed"));
    }

    @Test
    void aWatchThatComesAfterTheFirstFailureLeavesAtOnce() throws Exception {
        Files.writeString(folder.resolve("late.yaml"), """
                name: late
                backend: local
                max_concurrent: 2
                items:
                  - {id: bad, command: 'exit 1'}
                  - {id: slow, command: "while [ ! -e GO ]; do sleep 0.1; done"}
                """.replace(
                        "GO", folder.resolve("go").toString()));
        settle("submit", "late.yaml");
        Launched.await("the failure", () -> settle("status", "late").out().contains("1 failed"));
        Launched.Child watch = settle("watch", "late", "--fail-fast", "--exit-status", "--timeout", "60s");
        Files.writeString(folder.resolve("go"), "");
        assertThat(watch.code()).isEqualTo(1);
        assertThat(watch.err()).contains("stopped watching at the first failed item; the run continues");
    }

    @Test
    void cancellingSomeItemsEndsWithTheDocumentThatWasAskedFor() throws Exception {
        Files.writeString(folder.resolve("some.yaml"), """
                name: some
                backend: local
                items:
                  - {id: a, command: sleep 60}
                  - {id: b, command: sleep 60}
                """);
        settle("submit", "some.yaml");
        Launched.Child some = settle("cancel", "some", "a", "--json");
        assertThat(some.code()).isZero();
        assertThat(some.items().get("a").text("state")).isEqualTo("cancelled");
        assertThat(some.items().get("b").text("state")).isNotEqualTo("cancelled");
        assertThat(settle("cancel", "some", "a").err()).contains("a has ended already: cancelled");
        assertThat(settle("cancel", "some", "--quiet").out()).isEmpty();
        assertThat(Json.parseObject(settle("cancel", "some", "--json").out()).text("state"))
                .isEqualTo("cancelled");
    }

    @Test
    void reportLeavesLinksAndDevicesWhatTheyAre() throws Exception {
        settle("run", "--backend", "local", "--quiet", "--", "true");
        Path report = folder.resolve("report.xml");
        Path link = folder.resolve("latest.xml");
        Files.writeString(report, "");
        Files.createSymbolicLink(link, report);
        assertThat(settle("report", "--junit", link.toString()).code()).isZero();
        assertThat(link).isSymbolicLink();
        assertThat(report).content().contains("<testsuites");
        // Root could replace any device; this one hands on what is written to it.
        Launched.Child out = settle("report", "--junit", "/dev/stdout");
        assertThat(out.code()).isZero();
        assertThat(out.out()).contains("<testsuites");
        assertThat(settle("report", "--html", folder.toString()).code()).isEqualTo(74);
        assertThat(settle("report", "--html", folder + "/none/x.html").err()).contains("there is no folder");
    }

    @Test
    void nothingOfAnEndedItemReadsRunning() throws Exception {
        Launched.Child run = launched.start("run", "--json", "--backend", "local", "--", "sleep", "1.5");
        assertThat(run.await()).isZero();
        Fields item = run.items().get("sleep");
        assertThat(item.text("state")).isEqualTo("completed");
        assertThat(item.optText("scheduler_state")).isEmpty();
    }

    @Test
    void timesOfAShortItemAreInOrder() throws Exception {
        Fields item = settle("run", "--json", "--backend", "local", "--", "true")
                .items()
                .get("true");
        List<Instant> times = new ArrayList<>();
        for (String name : List.of("submitted_at", "started_at", "finished_at", "settled_at")) {
            times.add(Instant.parse(item.text(name)));
        }
        assertThat(times).isSorted();
    }

    @Test
    void stateFolderThatIsNoneIsStorageAndNothingIsStarted() throws Exception {
        Path file = folder.resolve("file");
        Files.writeString(file, "");
        try (Launched there = new Launched(folder, file, Map.of())) {
            for (String[] words : List.of(
                    new String[] {"run", "--backend", "local", "--", "touch", "ran"},
                    new String[] {"submit", "--backend", "local", "--", "touch", "ran"},
                    new String[] {"list"},
                    new String[] {"status"})) {
                Launched.Child child = there.settle(words);
                assertThat(child.code()).as(words[0]).isEqualTo(74);
                assertThat(child.err()).contains(file.toString(), "SETTLE_HOME");
                assertThat(child.out()).isEmpty();
            }
            assertThat(there.settle("doctor").out()).contains(file + " is not a folder");
        }
        assertThat(folder.resolve("ran")).doesNotExist();
    }

    @Test
    void submitPrintsTheIdAndTheBackgroundDriverFinishesTheRun() throws Exception {
        Launched.Child submitted = settle("submit", "--backend", "local", "--", "sh", "-c", "exit 5");
        assertThat(submitted.code()).isZero();
        String id = submitted.out().strip();
        assertThat(submitted.out()).isEqualTo(id + "\n");
        Launched.Child watched = settle("watch", id, "--exit-status", "--json", "--timeout", "60s");
        assertThat(watched.code()).isEqualTo(1);
        assertThat(Json.parseObject(watched.out()).objects("items").get(0).integer("exit_code"))
                .isEqualTo(5);
    }

    @Test
    void badRunFileIsRefusedWithAllItsProblemsAndNothingIsCreated() throws Exception {
        Path file = runFile("""
                items:
                  - {id: a, command: "true", memory: "4 GB"}
                  - {id: a, command: "true"}
                  - {id: b, comand: "true"}
                  - {id: c, command: "true", deps: [nobody]}
                """);
        Launched.Child run = settle("run", file.toString());
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("write 4G", "there twice", "did you mean \"command\"", "nobody", "nothing was created");
        assertThat(folder.resolve("state")).doesNotExist();
        assertThat(settle("status", "nosuchrun").code()).isEqualTo(5);
        assertThat(settle("watch", "--interval", "soon").code()).isEqualTo(2);
    }

    @Test
    void generatedItemsBecomePartOfTheRunBeforeTheirMakerCompletes() throws Exception {
        Path file = runFile("""
                name: generated
                backend: local
                items:
                  - id: plan
                    command: |
                      echo '{"tasks": [{"id": "late", "command": "exit 4", "deps": ["plan"]}]}' > next.json
                    generates_source: next.json
                """);
        Launched.Child run = settle("run", file.toString(), "--json");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.items().get("late").integer("exit_code")).isEqualTo(4);
    }

    @Test
    void everyFileOfSettleIsItsOwnersAlone() throws Exception {
        Files.writeString(folder.resolve("mixed.yaml"), """
                items:
                  - {id: plain, command: "echo out; echo err >&2"}
                  - {id: chosen, command: "umask 022; echo out; echo err >&2; exit 1", output: chosen.txt}
                """);
        settle("run", "mixed.yaml", "--backend", "local");
        settle("report", "--junit", "report.xml");
        try (Stream<Path> files = Files.walk(folder.resolve("state"))) {
            assertThat(files.toList())
                    .anyMatch(file -> file.endsWith("journal.log"))
                    .noneMatch(LocalRunIT::isOpenToOthers);
        }
        assertThat(folder.resolve("chosen.txt")).matches(LocalRunIT::isOpenToOthers, "is read by whom the user lets");
    }

    private static boolean isOpenToOthers(Path file) {
        try {
            return Files.getPosixFilePermissions(file).stream()
                    .anyMatch(one -> !one.name().startsWith("OWNER"));
        } catch (IOException e) {
            // A lock of a driver that is just leaving.
            return false;
        }
    }

    @Test
    void jobExitStatusIsTheCodeOfTheJobAndZeroIsNoSuccessByItself() throws Exception {
        assertThat(settle("run", "--backend", "local", "--name", "code", "--", "sh", "-c", "exit 7")
                        .code())
                .isEqualTo(1);
        assertThat(settle("watch", "code", "--job-exit-status").code()).isEqualTo(7);
        assertThat(settle("run", "--backend", "local", "--name", "killed", "--", "sh", "-c", "kill -9 $$")
                        .code())
                .isEqualTo(1);
        assertThat(settle("watch", "killed", "--job-exit-status").code()).isEqualTo(137);
        Path file = runFile("""
                name: unmet
                backend: local
                items:
                  - id: low
                    expect: "accuracy >= 0.8"
                    command: |
                      echo '{"accuracy": 0.1}' > "$SETTLE_RESULT"
                """);
        assertThat(settle("run", file.toString()).code()).isEqualTo(1);
        assertThat(settle("watch", "unmet", "--job-exit-status").code()).isEqualTo(1);
    }
}
