package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Json;
import dev.settle.testdata.FakeSlurm;
import dev.settle.testdata.Processes;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@code settle mcp}, by the client of the SDK and by a client that keeps to no rule. */
final class McpIT extends LauncherCase {
    private static final Path DIST = Path.of(System.getProperty("settle.dist"));
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private static final String INITIALIZE =
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-06-18\","
                    + "\"capabilities\":{},\"clientInfo\":{\"name\":\"test\",\"version\":\"1\"}}}";
    private static final String INITIALIZED = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";

    /** The SDK's client, which checks each result against the tool's schema. */
    private final class Client implements AutoCloseable {
        final ConcurrentLinkedQueue<McpSchema.ProgressNotification> progress = new ConcurrentLinkedQueue<>();
        private final McpSyncClient sdk;

        Client(Map<String, String> variables, String... options) {
            Map<String, String> all = new HashMap<>(variables);
            all.put("JAVA_HOME", System.getProperty("java.home"));
            all.put("SETTLE_HOME", folder.resolve("state").toString());
            String[] words = new String[options.length + 1];
            words[0] = "mcp";
            System.arraycopy(options, 0, words, 1, options.length);
            sdk = McpClient.sync(new StdioClientTransport(
                            ServerParameters.builder(DIST.resolve("bin/settle").toString())
                                    .args(words)
                                    .env(all)
                                    .build(),
                            McpJsonMapper.getDefault()))
                    .initializationTimeout(PATIENCE)
                    .requestTimeout(PATIENCE)
                    .enableCallToolSchemaCaching(true)
                    .progressConsumer(progress::add)
                    .build();
            sdk.initialize();
            sdk.listTools();
        }

        McpSchema.CallToolResult call(String tool, Map<String, Object> arguments) {
            return sdk.callTool(new McpSchema.CallToolRequest(tool, arguments, Map.of("progressToken", tool)));
        }

        /** The structured content of a call that succeeds. */
        Map<?, ?> ask(String tool, Map<String, Object> arguments) {
            McpSchema.CallToolResult result = call(tool, arguments);
            assertThat(result.isError()).as(text(result)).isFalse();
            assertThat(text(result)).isNotBlank().hasSizeLessThanOrEqualTo(2_000);
            return (Map<?, ?>) result.structuredContent();
        }

        String read(String uri) {
            McpSchema.ReadResourceResult found = sdk.readResource(new McpSchema.ReadResourceRequest(uri));
            return ((McpSchema.TextResourceContents) found.contents().get(0)).text();
        }

        @Override
        public void close() {
            sdk.closeGracefully();
        }
    }

    private static String text(McpSchema.CallToolResult result) {
        return ((McpSchema.TextContent) result.content().get(0)).text();
    }

    private static Map<?, ?> run(Map<?, ?> answer) {
        return (Map<?, ?>) ((List<?>) answer.get("runs")).get(0);
    }

    /** A client that writes what it likes. */
    private final class Raw implements AutoCloseable {
        final Process process;
        final BufferedReader out;
        private final BufferedWriter in;

        Raw() throws IOException {
            ProcessBuilder builder = new ProcessBuilder(
                            DIST.resolve("bin/settle").toString(), "mcp")
                    .directory(folder.toFile())
                    .redirectError(folder.resolve("mcp-err").toFile());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().put("SETTLE_HOME", folder.resolve("state").toString());
            process = builder.start();
            out = process.inputReader(StandardCharsets.UTF_8);
            in = process.outputWriter(StandardCharsets.UTF_8);
        }

        Raw begin() throws IOException {
            send(INITIALIZE);
            assertThat(out.readLine()).contains("\"serverInfo\"");
            send(INITIALIZED);
            return this;
        }

        void send(String line) throws IOException {
            in.write(line + "\n");
            in.flush();
        }

        void call(int id, String tool, String arguments) throws IOException {
            send("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool
                    + "\",\"arguments\":" + arguments + ",\"_meta\":{\"progressToken\":" + id + "}}}");
        }

        /** Closes stdin; what the server still has to say. */
        List<String> rest() throws IOException, InterruptedException {
            in.close();
            List<String> rest = out.lines().toList();
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            return rest;
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    @Test
    void anAgentsLoopEndsWithARunThatWasFixedAndResumed() {
        Path fixed = folder.resolve("fixed");
        String file = "name: loop\nitems:\n- {id: good, command: echo fine}\n" + "- {id: bad, command: \"test -e "
                + fixed + " || { echo broken >&2; exit 3; }\", deps: [good]}\n";
        try (Client agent = new Client(Map.of())) {
            McpSchema.CallToolResult refused =
                    agent.call("validate", Map.of("run_file", "items: [{id: a, comand: x}]"));
            assertThat(refused.isError()).isTrue();
            assertThat(text(refused)).contains("did you mean \"command\"?").contains("nothing was created");
            assertThat(agent.ask("validate", Map.of("run_file", file)).get("items"))
                    .isEqualTo(List.of("good", "bad"));

            Object id = agent.ask("submit", Map.of("run_file", file, "backend", "local"))
                    .get("id");
            Map<?, ?> ended = agent.ask("wait", Map.of("runs", List.of(id), "timeout_s", 100));
            assertThat(ended.get("still_running")).isEqualTo(false);
            assertThat(run(ended).get("exit_status")).isEqualTo(1);
            assertThat(((Map<?, ?>) ended.get("follow_up")).get("tool")).isEqualTo("logs");
            List<Double> passed = agent.progress.stream()
                    .map(McpSchema.ProgressNotification::progress)
                    .toList();
            assertThat(passed).isNotEmpty().isSorted().doesNotHaveDuplicates();
            assertThat(agent.progress)
                    .anySatisfy(told -> assertThat(told.message()).contains("bad: failed"));

            Map<?, ?> logs = agent.ask("logs", Map.of("run", id));
            assertThat(logs.get("outputs").toString()).contains("broken");
            Map<?, ?> why = agent.ask("explain", Map.of("run", id, "items", List.of("bad")));
            assertThat(why.get("items").toString()).contains("exit_code=3");
            assertThat(agent.read("settle://runs/" + id + "/items/bad/stderr")).isEqualTo("broken\n");
            assertThat(agent.read("settle://runs/" + id + "/report")).startsWith("<!DOCTYPE html>");

            write(fixed);
            assertThat(agent.ask("resume", Map.of("run", id)).get("resumed")).isEqualTo(true);
            Map<?, ?> again = agent.ask("wait", Map.of("runs", List.of(id), "timeout_s", 100));
            assertThat(run(again).get("exit_status")).isEqualTo(0);
            assertThat(run(again).get("items").toString()).contains("id=good, name=good, state=completed, attempt=1");
            assertThat(agent.ask("status", Map.of()).get("run").toString()).contains("state=completed");
            assertThat(agent.ask("list", Map.of()).get("runs").toString()).contains("name=loop");
            assertThat(agent.ask("doctor", Map.of()).get("trusted")).isEqualTo(true);
            assertThat(agent.ask("resume", Map.of("run", id)).get("resumed")).isEqualTo(false);
        }
    }

    private static void write(Path file) {
        try {
            Files.writeString(file, "");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aWaitThatIsOverSaysThatTheRunGoesOnAndNothingOfItsEnd() {
        try (Client agent = new Client(Map.of())) {
            Object id = agent.ask("submit", Map.of("command", List.of("sleep", "100"), "backend", "local"))
                    .get("id");
            Map<?, ?> running = agent.ask("wait", Map.of("runs", List.of(id), "timeout_s", 1));
            assertThat(running.get("still_running")).isEqualTo(true);
            assertThat(run(running).get("settled")).isEqualTo(false);
            assertThat(run(running).get("exit_status")).isNull();
            assertThat(((Map<?, ?>) running.get("follow_up")).get("tool")).isEqualTo("wait");
            Map<?, ?> cancelled = agent.ask("cancel", Map.of("run", id, "timeout_s", 100));
            assertThat(run(cancelled).get("state")).isEqualTo("cancelled");
        }
    }

    @Test
    void errorsAreInTheWordsOfTheCommandLine() throws Exception {
        String said =
                settle("status", "nope").err().replaceFirst("settle: ", "").strip();
        try (Client agent = new Client(Map.of())) {
            for (String tool : List.of("status", "logs", "explain", "cancel", "resume")) {
                McpSchema.CallToolResult result = agent.call(tool, Map.of("run", "nope"));
                assertThat(result.isError()).as(tool).isTrue();
                assertThat(text(result)).as(tool).isEqualTo(said);
                assertThat(result.meta()).as(tool).containsEntry("settle/exit_status", 5);
            }
            assertThat(text(agent.call("wait", Map.of("timeout_s", 601))))
                    .contains("timeout_s")
                    .contains("600");
            assertThat(text(agent.call("submit", Map.of())))
                    .contains("run_file")
                    .contains("command");
            assertThat(text(agent.call("submit", Map.of("comand", List.of("x")))))
                    .contains("comand");
        }
    }

    /** The client checks each structured content against the schema of its tool; {@code ask} looks at the text. */
    @Test
    void everyToolsContentFitsItsSchemaAndItsTextIsShort() {
        String many = "name: many\nitems:\n- {id: work, matrix: {n: [" + numbers(300) + "]}, command: \"seq 2000; echo "
                + "long".repeat(40) + " >&2; exit 3\"}\n";
        try (FakeSlurm slurm = FakeSlurm.create();
                Client agent = new Client(slurm.environment())) {
            String job = Processes.output(
                            slurm.environment(),
                            Duration.ofSeconds(20),
                            List.of("env", "sbatch", "--parsable", "-o", "/dev/null", "--wrap", "true"))
                    .strip();
            Map<String, Map<String, Object>> calls = new LinkedHashMap<>();
            calls.put("validate", Map.of("run_file", many));
            calls.put("submit", Map.of("run_file", many, "backend", "local"));
            calls.put("wait", Map.of("runs", List.of("many"), "timeout_s", 100));
            calls.put("watch_job", Map.of("jobs", List.of(job), "timeout_s", 1));
            calls.put("status", Map.of("run", "many"));
            calls.put("list", Map.of());
            calls.put("logs", Map.of("run", "many", "tail", 2_000));
            calls.put("explain", Map.of("run", "many"));
            calls.put("resume", Map.of("run", "many"));
            calls.put("cancel", Map.of("run", "many", "timeout_s", 100));
            calls.put("doctor", Map.of());
            assertThat(agent.sdk.listTools().tools().stream().map(McpSchema.Tool::name))
                    .containsExactlyInAnyOrderElementsOf(calls.keySet());
            assertThat(agent.sdk.listTools().tools())
                    .allSatisfy(tool -> assertThat(tool.outputSchema()).isNotEmpty());
            calls.forEach((tool, arguments) -> {
                McpSchema.CallToolResult result = agent.call(tool, arguments);
                assertThat(result.isError()).as(tool + ": " + text(result)).isFalse();
                assertThat(result.structuredContent()).as(tool).isNotNull();
                assertThat(result.content()).as(tool).hasSize(1);
                assertThat(text(result)).as(tool).isNotBlank().hasSizeLessThanOrEqualTo(2_000);
            });
        }
    }

    private static String numbers(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(String::valueOf).collect(Collectors.joining(", "));
    }

    @Test
    void valuesOfSecretsAreInNoAnswer() {
        String value = "s3cret-value-of-a-key";
        String file =
                "name: hidden\nsecrets: [API_KEY]\nitems:\n- {id: leaks, command: \"echo $API_KEY; echo $API_KEY >&2;"
                        + " exit 3\"}\n";
        try (Client agent = new Client(Map.of("API_KEY", value, "PATH", System.getenv("PATH")))) {
            List<McpSchema.CallToolResult> answers = List.of(
                    agent.call("submit", Map.of("run_file", file, "backend", "local")),
                    agent.call("wait", Map.of("timeout_s", 100)),
                    agent.call("status", Map.of()),
                    agent.call("logs", Map.of()),
                    agent.call("explain", Map.of()));
            assertThat(answers)
                    .allSatisfy(answer ->
                            assertThat(answer.isError()).as(text(answer)).isFalse());
            assertThat(text(answers.get(3))).contains("***");
            assertThat(answers.toString()).doesNotContain(value);
            assertThat(agent.read("settle://runs/hidden/items/leaks/stderr")).isEqualTo("***\n");
            assertThat(agent.read("settle://runs/hidden/report")).doesNotContain(value);
            assertThat(agent.read("settle://runs/hidden")).doesNotContain(value);
        }
    }

    @Test
    void aServerThatOnlyLooksCreatesNothing() {
        try (Client agent = new Client(Map.of(), "--read-only")) {
            assertThat(agent.sdk.listTools().tools().stream().map(McpSchema.Tool::name))
                    .containsExactly("validate", "wait", "status", "list", "logs", "explain", "doctor");
            assertThat(agent.ask("validate", Map.of("run_file", "- {id: a, command: x}"))
                            .get("item_count"))
                    .isEqualTo(1);
            assertThat(agent.call("wait", Map.of()).isError()).isTrue();
            assertThat(folder.resolve("state/runs")).doesNotExist();
        }
    }

    @Test
    void jobsOfOthersAreWatchedAndTheSameIdsContinueTheSameRun() {
        try (FakeSlurm slurm = FakeSlurm.create()) {
            Map<String, String> variables = new HashMap<>(slurm.environment());
            variables.put("SETTLE_INTERVAL", "1s");
            String job = Processes.output(
                            slurm.environment(),
                            Duration.ofSeconds(20),
                            List.of("env", "sbatch", "--parsable", "-o", "/dev/null", "--wrap", "sleep 4; exit 7"))
                    .strip();
            try (Client agent = new Client(variables)) {
                Map<?, ?> first = agent.ask("watch_job", Map.of("jobs", List.of(job), "timeout_s", 1));
                Map<?, ?> second = agent.ask("watch_job", Map.of("jobs", List.of(job), "timeout_s", 100));
                assertThat(run(second).get("id")).isEqualTo(run(first).get("id"));
                assertThat(second.get("still_running")).isEqualTo(false);
                assertThat(run(second).get("exit_status")).isEqualTo(1);
                assertThat(run(second).get("settled")).isEqualTo(true);
                assertThat(run(second).get("items").toString()).contains("exit_code=7");
            }
        }
    }

    @Test
    void whatIsNoMessageIsRefusedAndTheNextMessageIsAnswered() throws Exception {
        try (Raw client = new Raw()) {
            client.send("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/list\"}");
            assertThat(client.out.readLine()).contains("\"id\":7").contains("send initialize");
            client.begin();
            for (String line : List.of("not json", "[]", "null", "{\"id\":3}", "x".repeat(17 << 20))) {
                client.send(line);
                assertThat(client.out.readLine()).contains("\"id\":null").contains("\"error\"");
            }
            client.send("{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"tools/call\",\"params\":{}}");
            assertThat(client.out.readLine()).contains("\"id\":8").contains("-32602");
            client.send("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"ping\"}");
            assertThat(client.out.readLine()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}");
            assertThat(client.rest()).isEmpty();
        }
        assertThat(folder.resolve("mcp-err")).isEmptyFile();
    }

    @Test
    void aCancelledWaitIsNotAnsweredAndKeepsNothingWaiting() throws Exception {
        try (Raw client = new Raw()) {
            client.begin();
            client.call(2, "submit", "{\"command\":[\"sleep\",\"100\"],\"backend\":\"local\"}");
            assertThat(client.out.readLine()).contains("\"id\":2").contains("Submitted");
            client.call(3, "wait", "{\"timeout_s\":600}");
            client.call(4, "list", "{}");
            assertThat(client.out
                            .lines()
                            .filter(line -> line.contains("\"id\":4"))
                            .findFirst())
                    .isPresent();
            client.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":3}}");
            client.call(5, "cancel", "{\"run\":\"sleep\",\"timeout_s\":100}");
            assertThat(client.out
                            .lines()
                            .filter(line -> line.contains("\"id\":5"))
                            .findFirst())
                    .isPresent();
            assertThat(client.rest()).noneMatch(line -> line.contains("\"id\":3"));
        }
    }

    @Test
    void manyWaitsAtOnceLeaveRoomToLook() throws Exception {
        try (Raw client = new Raw()) {
            client.begin();
            client.call(2, "submit", "{\"command\":[\"sleep\",\"100\"],\"name\":\"long\",\"backend\":\"local\"}");
            assertThat(client.out.readLine()).contains("\"id\":2");
            for (int id = 100; id < 140; id++) {
                client.call(id, "wait", "{\"timeout_s\":600}");
            }
            client.call(3, "status", "{}");
            assertThat(client.out
                            .lines()
                            .filter(line -> line.contains("\"id\":3,"))
                            .findFirst())
                    .isPresent();
            client.call(4, "cancel", "{\"run\":\"long\",\"timeout_s\":1}");
            // All are answered: those that found no room at once, the others when the client leaves.
            assertThat(client.rest().stream().filter(line -> line.contains("\"result\"")))
                    .hasSizeGreaterThanOrEqualTo(24);
        }
    }

    @Test
    void aRunGoesOnWhenTheClientVanishesWhileItWaits() throws Exception {
        try (Raw client = new Raw()) {
            client.begin();
            client.call(2, "submit", "{\"command\":[\"sh\",\"-c\",\"sleep 3; exit 4\"],\"backend\":\"local\"}");
            assertThat(client.out.readLine()).contains("\"id\":2");
            client.call(3, "wait", "{\"timeout_s\":600}");
            client.out.close();
            client.process.getOutputStream().close();
            assertThat(client.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
        Launched.Child watch = settle("watch", "--exit-status", "--no-drive", "--json");
        assertThat(watch.code()).as(watch.err()).isEqualTo(1);
        assertThat(Json.parseObject(watch.out()).text("state")).isEqualTo("failed");
    }

    @Test
    void noOtherCommandHasTheLibrariesOfTheServer() throws Exception {
        try (JarFile jar = new JarFile(DIST.resolve("lib/settle.jar").toFile())) {
            String classPath = jar.getManifest().getMainAttributes().getValue("Class-Path");
            assertThat(classPath).contains("jackson-core").doesNotContain("mcp").doesNotContain("reactor");
        }
        Path classes = DIST.resolve("lib/archive/classes");
        if (Files.exists(classes)) {
            assertThat(Files.readString(classes)).doesNotContain("reactor/").doesNotContain("modelcontextprotocol");
        }
    }
}
