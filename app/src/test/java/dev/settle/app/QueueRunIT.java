package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.StepQueueServer;
import dev.settle.testdata.StepQueueServer.Behaviour;
import dev.settle.testdata.StepQueueServer.Route;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs fed by a step queue, through the launcher and over real HTTP: what users see, and what the service sees. */
final class QueueRunIT {
    /** 2 s are promised; a machine that builds at the same time gets one more. */
    private static final long PROMPT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final String TOKEN = "it-token-4711";

    @TempDir
    private Path folder;

    private Path project;
    private StepQueueServer server;
    private Launched launched;

    @BeforeEach
    void start() throws IOException {
        server = StepQueueServer.start().token(TOKEN);
        project = Files.createDirectories(folder.resolve("project"));
        Files.writeString(project.resolve("model.py"), "x = 1\n");
        evaluate("echo \"score: $(grep -c step model.py)\"\n");
        runFile("");
        launched = new Launched(folder, project, folder.resolve("state"), Map.of("IT_TOKEN", TOKEN));
    }

    @AfterEach
    void stop() {
        launched.close();
        server.close();
    }

    /** @param more lines of the queue */
    private void runFile(String more) throws IOException {
        Files.writeString(project.resolve("run.yaml"), """
                name: tune
                backend: local
                queue:
                  url: %s
                  token_env: IT_TOKEN
                  steps: 5
                  files: [model.py]
                  command: sh eval.sh
                  metric: score
                  poll: 1s
                %s
                """.formatted(
                        server.url(), more.indent(2).stripTrailing()));
    }

    /** What a step does; each writes its number into a file beside the project first. */
    private void evaluate(String script) throws IOException {
        Files.writeString(
                project.resolve("eval.sh"),
                "N=$(sed -n 's/# step //p' model.py)\necho $N >> '" + folder.resolve("evaluated") + "'\n" + script);
    }

    private List<String> evaluated() throws IOException {
        Path file = folder.resolve("evaluated");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private Launched.Child settle(String... words) throws IOException, InterruptedException {
        return launched.settle(words);
    }

    /** Sends a signal and waits for the end. */
    private static Launched.Child end(Launched.Child run, String signal) throws IOException, InterruptedException {
        run.signal(signal);
        run.await();
        return run;
    }

    private static Map<String, String> tree(Path root) throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.toList()) {
                tree.put(
                        root.relativize(path).toString(),
                        Files.isRegularFile(path) ? Files.readString(path, StandardCharsets.ISO_8859_1) : "");
            }
        }
        return tree;
    }

    @Test
    void fiveStepsAreEvaluatedInCopiesAndSubmittedInTurn() throws Exception {
        Map<String, String> before = tree(project);
        Launched.Child run = settle("run", "run.yaml", "--save-logs", "../logs", "--json", "--require-credits", "5");
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        Fields document = Json.parseObject(run.out());
        assertThat(document.text("state")).isEqualTo("completed");
        List<Fields> items = document.objects("items");
        assertThat(items).hasSize(5);
        assertThat(items.get(4).text("id")).isEqualTo("step-4");
        assertThat(items.get(4).object("metrics").optDouble("score")).hasValue(1);
        assertThat(tree(project)).isEqualTo(before);
        assertThat(server.seen().stream().map(StepQueueServer.Seen::route).filter(route -> route != Route.HEARTBEAT))
                .startsWith(Route.BALANCE, Route.START, Route.TASKS, Route.CLAIM, Route.SUGGEST, Route.TASKS);
        assertThat(server.seen(Route.SUGGEST)).hasSize(5);
        assertThat(server.seen())
                .allSatisfy(seen -> assertThat(seen.headers()).containsEntry("Authorization", "Bearer " + TOKEN));
        assertThat(server.outputs("run-1")).containsEntry(4, "score: 1\n").hasSize(5);
        assertThat(folder.resolve("logs/run-1/outputs/step_4.out.txt")).hasContent("score: 1\n");
        assertThat(Files.readAllLines(folder.resolve("logs/run-1/exec_output.jsonl")))
                .hasSize(5)
                .allSatisfy(line -> assertThat(line).contains("\"submission\":\"accepted\""));
    }

    @Test
    void runOutOfCreditsSaysSoAndAResumeSubmitsTheStoredResultFirst() throws Exception {
        server.on(
                Route.SUGGEST,
                3,
                Behaviour.status(402, "{\"detail\": {\"message\": \"No credits left\", \"suggestion\": \"Top up\"}}"));
        String source = Files.readString(project.resolve("model.py"));
        Launched.Child run = settle("run", "run.yaml", "--apply-best");
        long exited = System.nanoTime();
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out())
                .contains("Run interrupted: out of credits. (", "402: No credits left; Top up")
                .contains("Kept: 3 of 3 items completed; 1 result is kept and will be submitted, not evaluated again.")
                .contains("Top up at https://pay.example/checkout/1, then continue: settle resume ");
        assertThat(exited - server.seen(Route.SUGGEST).get(2).nanos()).isLessThan(PROMPT_NANOS);
        assertThat(server.terminations()).hasSize(1);
        assertThat(server.terminations().get(0)).containsEntry("termination_reason", "out_of_credits");
        // Nothing of an interrupted run is written over the user's files.
        assertThat(project.resolve("model.py")).hasContent(source);
        int claims = server.seen(Route.CLAIM).size();
        Launched.Child resumed = settle("resume");
        assertThat(resumed.out()).containsPattern("\n5 of 5 items completed\\.\nRun completed\\. \\([^\n]*\\)\n$");
        assertThat(resumed.code()).isZero();
        assertThat(server.seen(Route.CLAIM)).hasSize(claims + 2);
        assertThat(server.outputs("run-1")).hasSize(5);
        assertThat(evaluated()).containsExactly("0", "1", "2", "3", "4");
        assertThat(resumed.err()).contains("--apply-best: wrote model.py of step 0 to ");
        assertThat(project.resolve("model.py")).hasContent(source + "# step 0\n");
        assertThat(settle("explain", "tune", "step-2").out())
                .contains("Step queue\n", "step-2: claimed as task run-1-task-2", "step-2: result submitted");
    }

    @Test
    void endsOfAllKindsAreRecordedAndSubmittedWithWhatWasPrinted() throws Exception {
        evaluate("""
                case $N in
                  0) echo partial; echo oops >&2; exit 3;;
                  1) trap '' TERM; echo begun; sleep 300; sleep 300;;
                  2) head -c 10000000 /dev/zero | tr '\\0' '\\377'; printf '\\nscore: 0.5\\n';;
                  *) kill -9 $$;;
                esac
                """);
        runFile("timeout: 1s");
        Launched.Child run = settle("run", "run.yaml", "--save-logs", "../logs", "--apply-best");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out())
                .contains("Run failed: 4 of 5 items failed (")
                .contains("  step-0  exit code 3", "    | oops")
                .doesNotContain("settle resume");
        assertThat(run.err()).contains("--apply-best: nothing was written, because the run did not complete");
        Map<Integer, String> outputs = server.outputs("run-1");
        assertThat(outputs.get(0)).startsWith("partial\noops\n[settle] the command ended badly: exit code 3");
        assertThat(outputs.get(1)).startsWith("begun\n[settle] the command ended badly: timeout");
        assertThat(outputs.get(2))
                .hasSizeBetween(50_000, 51_000)
                .startsWith("\ufffd\ufffd")
                .endsWith("score: 0.5\n");
        assertThat(outputs.get(3)).contains("exit code 137");
        assertThat(server.seen(Route.SUGGEST).get(0).body()).contains("\"exit_code\":3", "\"signal\":null");
        assertThat(server.seen(Route.SUGGEST).get(3).body()).contains("\"exit_code\":137", "\"signal\":null");
        assertThat(Files.size(folder.resolve("logs/run-1/outputs/step_2.out.txt")))
                .isEqualTo(10_000_012);
    }

    @Test
    void signalEndsTheStepAndTellsTheServiceAndNobodyElseMayFeedFromHere() throws Exception {
        evaluate("trap '' TERM\nsleep 4711 & sleep 4711\n");
        Map<String, String> before = tree(project);
        Launched.Child run = launched.start("run", "run.yaml");
        Launched.await("a step runs", () -> !evaluated().isEmpty());
        Launched.Child second = settle("run", "run.yaml");
        assertThat(second.code()).isEqualTo(2);
        assertThat(second.err()).contains("a step queue is being fed from ", " already, by process ");
        assertThat(server.runs()).hasSize(1);
        assertThat(Json.parseObject(settle("status", "--json").out()).text("state"))
                .isEqualTo("running");
        assertThat(Files.readString(Path.of("/proc/" + run.process().pid() + "/cmdline")))
                .doesNotContain(TOKEN);
        long signalled = System.nanoTime();
        Launched.Child ended = end(run, "TERM");
        assertThat(System.nanoTime() - signalled).isLessThan(PROMPT_NANOS);
        assertThat(ended.code()).isEqualTo(143);
        assertThat(ended.out())
                .contains("Why: settle was asked to end by SIGTERM\n", "Run interrupted: its driver was stopped. (")
                .doesNotContain("items failed");
        assertThat(server.terminations()).hasSize(1);
        assertThat(server.terminations().get(0)).containsEntry("termination_reason", "driver_stopped");
        assertThat(tree(project)).isEqualTo(before);
        Launched.await("the step's processes end", () -> ProcessHandle.allProcesses()
                .noneMatch(process -> process.info().commandLine().orElse("").endsWith("sleep 4711")));
        evaluate("echo score: 2\n");
        assertThat(settle("resume").code()).isZero();
        assertThat(evaluated()).containsExactly("0", "0", "1", "2", "3", "4");
        for (String file : tree(folder.resolve("state")).values()) {
            assertThat(file).doesNotContain(TOKEN);
        }
    }

    @Test
    void stepThatHadNothingToRunOnIsEvaluatedAnewAndNotSubmitted() throws Exception {
        evaluate("""
                if [ $N = 1 ] && ! [ -e "$HERE/topped-up" ]; then
                  echo '{"reason": "out_of_credits", "message": "GPU account empty"}' > "$SETTLE_STOP"
                  exit 1
                fi
                echo score: $N
                """.replace("$HERE", folder.toString()));
        Launched.Child run = settle("run", "run.yaml");
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out()).contains("Why: step-1 asked to stop: GPU account empty");
        assertThat(server.outputs("run-1")).hasSize(1);
        Files.createFile(folder.resolve("topped-up"));
        assertThat(settle("resume").code()).isZero();
        assertThat(evaluated()).containsExactly("0", "1", "1", "2", "3", "4");
        assertThat(server.outputs("run-1")).containsEntry(1, "score: 1\n").hasSize(5);
    }

    @Test
    void interruptWhileAResultIsOnItsWayLosesNothing() throws Exception {
        server.on(Route.SUGGEST, 2, Behaviour.hang());
        Launched.Child run = launched.start("run", "run.yaml");
        Launched.await(
                "a result is on its way", () -> server.seen(Route.SUGGEST).size() == 2);
        Launched.Child ended = end(run, "INT");
        assertThat(ended.code()).isEqualTo(130);
        assertThat(ended.out()).contains("1 result is kept and will be submitted, not evaluated again.");
        assertThat(server.terminations()).hasSize(1);
        assertThat(settle("resume").code()).isZero();
        assertThat(evaluated()).containsExactly("0", "1", "2", "3", "4");
        assertThat(server.outputs("run-1")).hasSize(5);
    }

    @Test
    void killedDriversStepIsAdoptedByAResumeAndEvaluatedOnce() throws Exception {
        evaluate("[ $N = 1 ] && sleep 3\necho score: $N\n");
        Launched.Child run = launched.start("run", "run.yaml");
        Launched.await("the second step runs", () -> evaluated().size() == 2);
        end(run, "KILL");
        assertThat(Json.parseObject(settle("status", "--json").out()).text("state"))
                .isEqualTo("stalled");
        assertThat(settle("resume").code()).isZero();
        assertThat(evaluated()).containsExactly("0", "1", "2", "3", "4");
        assertThat(server.seen(Route.SUGGEST)).hasSize(5);
        assertThat(server.outputs("run-1")).containsEntry(1, "score: 1\n").hasSize(5);
    }

    @Test
    void resultThatLandedWhenTheDriverWasKilledIsNotSentAgainByTheBackgroundDriver() throws Exception {
        server.on(Route.SUGGEST, 2, Behaviour.landsThenHang());
        Launched.Child run = launched.start("run", "run.yaml");
        Launched.await(
                "a result is on its way", () -> server.seen(Route.SUGGEST).size() == 2);
        end(run, "KILL");
        Launched.Child recovered = settle("recover");
        assertThat(recovered.out()).contains("stalled: ", "handed to a background driver of its own");
        Launched.Child watched = settle("watch", "tune", "--exit-status");
        assertThat(watched.out()).containsPattern("\n5 of 5 items completed\\.\nRun completed\\. \\([^\n]*\\)\n$");
        assertThat(watched.code()).isZero();
        assertThat(server.seen(Route.SUGGEST)).hasSize(5);
        assertThat(evaluated()).containsExactly("0", "1", "2", "3", "4");
    }

    @Test
    void submittedRunHasADriverOfItsOwnAndCanBeCancelled() throws Exception {
        evaluate("sleep 300\n");
        Launched.Child submitted = settle("submit", "run.yaml");
        assertThat(submitted.out()).matches("[a-z0-9]{8}\n");
        Launched.await("a step runs", () -> !evaluated().isEmpty());
        Launched.Child cancelled = settle("cancel", submitted.out().strip());
        assertThat(cancelled.code()).isZero();
        assertThat(cancelled.out()).contains("Run cancelled. (");
        assertThat(server.terminations()).hasSize(1);
        assertThat(server.terminations().get(0)).containsEntry("termination_reason", "cancelled_by_user");
    }

    @Test
    void creditsAreToldAndTooFewKeepARunFromBeginning() throws Exception {
        server.balance(3.5);
        Launched.Child credits = settle("credits", "--queue", server.url(), "--token-env", "IT_TOKEN");
        assertThat(credits.code()).isZero();
        assertThat(credits.out())
                .startsWith("Balance: 3.50 credits\nTop up: https://pay.example/checkout/1\nAutomatic top-up: off")
                .contains("Switch it on: settle credits --queue " + server.url()
                        + " --token-env IT_TOKEN --auto-topup on");
        Launched.Child on = settle(
                "credits",
                "--queue",
                server.url(),
                "--token-env",
                "IT_TOKEN",
                "--auto-topup",
                "on",
                "--threshold",
                "7");
        assertThat(on.out()).contains("Automatic top-up: on, 50 credits when fewer than 7 are left");
        assertThat(server.autoTopup()).containsEntry("enabled", true).containsEntry("threshold_credits", 7.0);
        Launched.Child run = settle("run", "run.yaml", "--require-credits", "5");
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out().toLowerCase(Locale.ROOT)).contains("out of credits", "the balance is 3.50 credits");
        assertThat(server.runs()).isEmpty();
    }

    @Test
    void bestStepIsNeverCopiedOverFilesThatChangedMeanwhile() throws Exception {
        evaluate("[ $N = 3 ] && echo changed >> '" + project.resolve("model.py") + "'\necho score: $N\n");
        Launched.Child run = settle("run", "run.yaml", "--apply-best");
        assertThat(run.code()).isZero();
        assertThat(run.err())
                .contains("nothing was written, because these files changed since the run began: model.py");
        assertThat(project.resolve("model.py")).hasContent("x = 1\nchanged\n");
    }
}
