package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.StepQueueServer;
import dev.settle.testdata.StepQueueServer.Behaviour;
import dev.settle.testdata.StepQueueServer.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    private static final Path LAUNCHER = Path.of(System.getProperty("settle.dist"), "bin", "settle");
    private static final long SECONDS_MAX = 60;
    private static final String TOKEN = "it-token-4711";

    @TempDir
    private Path folder;

    private Path project;
    private StepQueueServer server;

    record Ended(int code, String out, String err) {}

    @BeforeEach
    void start() throws IOException {
        server = StepQueueServer.start().token(TOKEN);
        project = Files.createDirectories(folder.resolve("project"));
        Files.writeString(project.resolve("model.py"), "x = 1\n");
        Files.writeString(project.resolve("eval.sh"), "echo \"score: $(grep -c step model.py)\"\n");
        runFile("");
    }

    @AfterEach
    void stop() {
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

    private Process launch(Path out, Path err, String... args) throws IOException {
        List<String> words = new ArrayList<>(List.of(LAUNCHER.toString()));
        words.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(project.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("SETTLE_HOME", folder.resolve("state").toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("IT_TOKEN", TOKEN);
        return builder.start();
    }

    private Ended settle(String... args) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        return ended(launch(out, err, args), out, err);
    }

    private static Ended ended(Process process, Path out, Path err) throws IOException, InterruptedException {
        assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).as("it ends").isTrue();
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private static Map<String, String> tree(Path root) throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.toList()) {
                tree.put(root.relativize(path).toString(), Files.isRegularFile(path) ? Files.readString(path) : "");
            }
        }
        return tree;
    }

    @Test
    void fiveStepsAreEvaluatedInCopiesAndSubmittedInTurn() throws Exception {
        Map<String, String> before = tree(project);
        Ended run = settle("run", "run.yaml", "--save-logs", "../logs", "--json");
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
                .startsWith(Route.START, Route.TASKS, Route.CLAIM, Route.SUGGEST, Route.TASKS, Route.CLAIM);
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
        Ended run = settle("run", "run.yaml");
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.out())
                .contains("Run interrupted: out of credits.\n", "402: No credits left; Top up")
                .contains("Next: top up at https://pay.example/checkout/1, then settle resume ");
        assertThat(server.terminations()).hasSize(1);
        assertThat(server.terminations().get(0)).containsEntry("termination_reason", "out_of_credits");
        int claims = server.seen(Route.CLAIM).size();
        Ended resumed = settle("resume");
        assertThat(resumed.out()).endsWith("Run completed.\n5 of 5 items completed.\n");
        assertThat(resumed.code()).isZero();
        assertThat(server.seen(Route.CLAIM)).hasSize(claims + 2);
        assertThat(server.outputs("run-1")).hasSize(5);
    }
}
