package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.testdata.SshServer;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** {@code settle --on HOST mcp}: an agent here, the runs there. */
@EnabledIf("dev.settle.testdata.SshServer#available")
final class RemoteMcpIT {
    private static final Path SETTLE = Path.of(System.getProperty("settle.dist"), "bin", "settle");
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private static SshServer server;

    @TempDir
    Path folder;

    @BeforeAll
    static void begin() throws Exception {
        server = SshServer.up("JAVA_HOME=" + System.getProperty("java.home"));
    }

    @AfterAll
    static void end() throws Exception {
        server.close();
    }

    private McpSyncClient agent() throws Exception {
        Path config = folder.resolve("config/settle/config.yaml");
        Files.createDirectories(config.getParent());
        Files.writeString(config, "hosts:\n  there: {ssh: far, path: " + SETTLE + "}\n");
        Map<String, String> variables = new HashMap<>();
        variables.put("PATH", server.bin() + ":" + System.getenv("PATH"));
        variables.put("XDG_CONFIG_HOME", folder.resolve("config").toString());
        variables.put("JAVA_HOME", System.getProperty("java.home"));
        variables.put("SETTLE_HOME", folder.resolve("state").toString());
        McpSyncClient agent = McpClient.sync(new StdioClientTransport(
                        ServerParameters.builder(SETTLE.toString())
                                .args("--on", "there", "mcp")
                                .env(variables)
                                .build(),
                        McpJsonMapper.getDefault()))
                .initializationTimeout(PATIENCE)
                .requestTimeout(PATIENCE)
                .enableCallToolSchemaCaching(true)
                .build();
        agent.initialize();
        agent.listTools();
        return agent;
    }

    private static McpSchema.CallToolResult call(McpSyncClient agent, String tool, Map<String, Object> arguments) {
        return agent.callTool(new McpSchema.CallToolRequest(tool, arguments));
    }

    private static String text(McpSchema.CallToolResult result) {
        return ((McpSchema.TextContent) result.content().get(0)).text();
    }

    @Test
    void runOfAnAgentLivesOnTheHostAndCommandsNameIt() throws Exception {
        McpSyncClient agent = agent();
        try {
            McpSchema.CallToolResult submitted =
                    call(agent, "submit", Map.of("command", List.of("sh", "-c", "pwd; exit 3"), "name", "there"));
            Object id = ((Map<?, ?>) submitted.structuredContent()).get("id");
            McpSchema.CallToolResult waited =
                    call(agent, "wait", Map.of("runs", List.of(String.valueOf(id)), "timeout_s", 100));
            assertThat(((Map<?, ?>) waited.structuredContent()).get("still_running"))
                    .isEqualTo(false);
            assertThat(text(waited)).contains("settle --on there resume " + id);
            assertThat(text(call(agent, "logs", Map.of("stream", "stdout"))))
                    .endsWith(server.home().toString());
            assertThat(text(call(agent, "status", Map.of("run", "nope")))).contains("settle --on there list");
            assertThat(server.home().resolve(".local/state/settle/runs/" + id + "/journal.log"))
                    .isRegularFile();
            assertThat(folder.resolve("state/runs")).doesNotExist();
        } finally {
            agent.closeGracefully();
        }
    }

    @Test
    void serverOfAHostThatIsNotThereEndsWithOneSentence() throws Exception {
        try (Launched launched = new Launched(
                folder, folder.resolve("state"), Map.of("PATH", server.bin() + ":" + System.getenv("PATH")))) {
            Launched.Child child = launched.settle("--on", "no-such-host.invalid", "mcp");
            assertThat(child.code()).isEqualTo(69);
            assertThat(child.out()).isEmpty();
            assertThat(child.err())
                    .startsWith("settle: no-such-host.invalid cannot be reached")
                    .contains("  ssh: ");
        }
    }
}
