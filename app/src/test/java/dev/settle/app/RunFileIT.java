package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What people write in run files, run on this machine through the launcher. */
final class RunFileIT extends LauncherCase {
    private static final long SECONDS_MAX = 60;

    private String runFile(String text) throws IOException {
        return Files.writeString(folder.resolve("run.yaml"), text).toString();
    }

    @Test
    void itemsThatWaitForAGeneratorStartBesideThoseItGenerated() throws Exception {
        Launched.Child run = settle("run", "--json", runFile("""
                backend: local
                items:
                  - {id: bad, command: exit 1}
                  - id: plan
                    deps: []
                    working_dir: sub
                    command: |
                      cat > next.json <<'END'
                      [{"id": "g1", "command": "true", "deps": ["plan"]}, {"id": "g2", "command": "true", "deps": ["bad"]}]
                      END
                    generates_source: next.json
                  - {id: after, command: "true", deps: [plan]}
                """.replace(
                        "sub", Files.createDirectory(folder.resolve("sub")).toString())));
        Map<String, Fields> items = run.items();
        assertThat(items.get("after").text("state")).isEqualTo("completed");
        assertThat(items.get("g1").text("state")).isEqualTo("completed");
        assertThat(items.get("g2").text("state")).isEqualTo("dep_failed");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void aPipeAsGeneratedSourceFailsItsItemAndHoldsNobodyUp() throws Exception {
        Launched.Child run = settle("run", "--json", runFile("""
                backend: local
                items: [{id: a, command: mkfifo pipe, generates_source: pipe}]
                """));
        assertThat(run.items().get("a").text("reason")).isEqualTo("bad_generated_source");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void everyAttemptKeepsItsOutput() throws Exception {
        Launched.Child run = settle("run", "--json", runFile("""
                        name: tries
                        backend: local
                        items:
                          - id: a
                            command: echo "try $SETTLE_ATTEMPT"; [ $SETTLE_ATTEMPT -ge 3 ]
                            output: a.out
                            retries: 2
                        """));
        List<Fields> attempts = run.items().get("a").objects("attempts");
        assertThat(attempts).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(Path.of(attempts.get(i).text("stdout"))).hasContent("try " + (i + 1));
        }
        assertThat(folder.resolve("a.out")).hasContent("try 3");
        assertThat(settle("logs", "tries", "a", "--attempt", "1").out()).isEqualTo("try 1\n");
        assertThat(settle("logs", "tries", "a", "--attempt", "9").code()).isEqualTo(5);
    }

    @Test
    void itemsAreNamedByMatrixAndWildcard() throws Exception {
        Launched.Child run = settle("run", "--quiet", runFile("""
                name: names
                backend: local
                items:
                  - {id: t, matrix: {n: [1, 2]}, command: "echo out {n}"}
                  - {id: other, command: exit 3}
                """));
        assertThat(run.code()).isEqualTo(1);
        assertThat(settle("logs", "names", "t").out()).isEqualTo("t[n=1] | out 1\nt[n=2] | out 2\n");
        assertThat(settle("logs", "names", "*n=2*").out()).isEqualTo("out 2\n");
        assertThat(settle("explain", "names", "t[n=1]", "oth*").out())
                .contains("t[n=1]", "other")
                .doesNotContain("t[n=2]");
        Launched.Child unknown = settle("logs", "names", "othr");
        assertThat(unknown.code()).isEqualTo(5);
        assertThat(unknown.err()).contains("did you mean \"other\"?");

        assertThat(settle("watch", "names", "--exit-status").code()).isEqualTo(1);
        Launched.Child only = settle("watch", "names", "--exit-status", "--only", "t");
        assertThat(only.out()).startsWith("run ").endsWith("\n2 of 2 chosen items completed.\n");
        assertThat(only.code()).isZero();
        assertThat(settle("watch", "names", "--exit-status", "--only", "o*").code())
                .isEqualTo(1);
        assertThat(settle("watch", "names", "--only", "nobody").code()).isEqualTo(5);
    }

    @Test
    void watchingOnlySomeItemsEndsWithThem() throws Exception {
        String id = settle("submit", runFile("""
                        backend: local
                        items:
                          - {id: quick, command: sleep 1}
                          - {id: slow, command: sleep 50}
                        """)).out().strip();
        Launched.Child only = settle("watch", id, "--exit-status", "--only", "qu*");
        assertThat(only.code()).isZero();
        assertThat(only.out())
                .contains("quick: completed ", "1 of 1 chosen items completed.")
                .doesNotContain("slow: ");
        assertThat(only.err()).contains("run " + id + " continues");
        Launched.Child second = settle("watch", id, "--only", "slow", "--timeout", "1s");
        assertThat(second.code()).isEqualTo(124);
        assertThat(settle("cancel", id, "sl*").code()).isZero();
        assertThat(settle("watch", id, "--exit-status").code()).isEqualTo(1);
    }

    @Test
    void ofTwoExclusiveRunsThatComeTogetherOneIsRefused() throws Exception {
        String file = runFile("{name: only, backend: local, exclusive: true, items: [{id: a, command: sleep 40}]}");
        List<Launched.Child> submits = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            submits.add(launched.start("submit", file));
        }
        List<Integer> codes = new ArrayList<>();
        for (Launched.Child submit : submits) {
            codes.add(submit.await());
        }
        assertThat(codes).containsExactlyInAnyOrder(0, 2, 2);
        String first = submits.get(codes.indexOf(0)).out().strip();
        assertThat(submits.get(codes.indexOf(2)).err()).contains(first);
        assertThat(settle("cancel", first).code()).isZero();
        assertThat(settle("submit", "--dry-run", file).code()).isZero();
    }

    @Test
    void everyKeyCanBeReadWithoutTheSources() throws Exception {
        Launched.Child keys = settle("validate", "--keys");
        assertThat(keys.code()).isZero();
        assertThat(keys.out()).contains("## The keys of a run file", "`generates_source`", "`expect`");
    }

    @Test
    void aRunFileMayComeFromAPipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Process writer =
                new ProcessBuilder("sh", "-c", "echo '[{\"id\": \"a\", \"command\": \"true\"}]' > " + pipe).start();
        Launched.Child plan = settle("validate", "--json", pipe.toString());
        assertThat(writer.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        assertThat(Json.parseObject(plan.out()).text("name")).isEqualTo("pipe");
    }

    @Test
    void howARunEndsIsNoReasonToStopOne() throws Exception {
        Launched.Child run = settle("run", "--json", runFile("""
                backend: local
                max_concurrent: 1
                items:
                  - {id: bad, command: 'echo "{\\"reason\\": \\"completed\\"}" > $SETTLE_STOP; exit 1'}
                  - {id: next, command: 'true'}
                """));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("bad: SETTLE_STOP ignored: 'completed' is how a run ends");
        assertThat(run.items().get("next").text("state")).isEqualTo("completed");
    }

    @Test
    void aRunThatReachedItsBudgetGoesOnWithAHigherOne() throws Exception {
        Launched.Child run = settle("run", "--json", runFile("""
                name: budget
                backend: local
                max_concurrent: 1
                budget: {cpu_hours: 0.0002}
                items:
                  - {id: a, matrix: {n: [1, 2]}, command: sleep 1}
                """));
        assertThat(run.code()).isEqualTo(3);
        Fields stop = Json.parseObject(run.out()).object("stop");
        assertThat(stop.text("reason")).isEqualTo("budget");
        assertThat(stop.text("hint")).contains("settle resume", "--cpu-hours");
        assertThat(settle("resume", "budget", "--quiet").code()).isEqualTo(3);
        assertThat(settle("resume", "budget", "--cpu-hours", "1d").code()).isEqualTo(2);
        assertThat(settle("resume", "budget", "--quiet", "--cpu-hours", "1").code())
                .isZero();
    }

    @Test
    void linesOfSeveralItemsAreNeverMixed() throws Exception {
        settle("run", "--quiet", runFile("""
                name: unfinished
                backend: local
                items:
                  - {id: a, command: printf one}
                  - {id: b, command: echo two}
                """));
        assertThat(settle("logs", "unfinished", "*").out()).isEqualTo("a | one\nb | two\n");
    }

    @Test
    void followedOutputBeginsBeforeItsItemAndGoesOnWithItsNextAttempt() throws Exception {
        String id = settle(
                        "submit", runFile("""
                        backend: local
                        items:
                          - id: first
                            command: echo waits; while [ ! -e GO ]; do sleep 0.1; done
                          - id: late
                            command: echo "try $SETTLE_ATTEMPT"; [ $SETTLE_ATTEMPT -ge 2 ]
                            output: late.out
                            retries: 1
                            deps: [first]
                          - {id: never, command: 'true', deps: [bad]}
                          - {id: bad, command: 'false', deps: [first]}
                        """.replace("GO", folder.resolve("go").toString())))
                .out()
                .strip();
        Launched.await(
                "the first item is there",
                () -> settle("logs", id, "first").out().equals("waits\n"));
        Launched.Child followed = launched.start("logs", id, "first", "late", "never", "--follow");
        Launched.await("it is followed", () -> followed.out().contains("waits\n"));
        Files.writeString(folder.resolve("go"), "");
        assertThat(followed.await()).isZero();
        assertThat(followed.out()).isEqualTo("first | waits\nlate | try 1\nlate | try 2\n");
        assertThat(followed.err()).contains("never was never submitted");
        assertThat(settle("logs", id, "never", "--follow").code()).isEqualTo(5);
    }

    @Test
    void metricsOfPythonAreReadAndWhatIsNoJsonIsTold() throws Exception {
        Launched.Child run = settle("run", "--json", runFile("""
                backend: local
                items:
                  - {id: nan, command: 'echo "{\\"loss\\": NaN, \\"acc\\": 0.5}" > $SETTLE_RESULT', expect: acc >= 0.5}
                  - {id: bad, command: 'echo oops > $SETTLE_RESULT'}
                """));
        assertThat(run.items().get("nan").text("state")).isEqualTo("completed");
        assertThat(run.err())
                .contains("settle: bad: SETTLE_RESULT ignored: not JSON")
                .doesNotContain("REDACTED");
        Fields summary = Json.parseObject(run.out()).object("metrics").object("acc");
        assertThat(summary.asMap()).containsEntry("count", 1L).containsEntry("mean", 0.5);
    }
}
