package dev.settle.app.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.process.Environment;
import dev.settle.core.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class McpClientsTest {
    private static String text(String settle, Map<String, String> variables, String... on) {
        Environment environment = new Environment(variables, Path.of("/work"), Path.of("/home/u"), "u");
        return new McpClients(settle, environment, List.of(on)).text();
    }

    @Test
    void serverOfAHostIsStartedThroughIt() throws IOException {
        String text = text("/opt/settle", Map.of(), "--on", "my cluster");
        assertThat(text)
                .contains("claude mcp add settle -- /opt/settle --on 'my cluster' mcp\n")
                .contains("args = [\"--on\", \"my cluster\", \"mcp\"]\n")
                .contains("\"args\":[\"--on\",\"my cluster\",\"mcp\"]");
    }

    @Test
    void everyClientStartsTheSameServer() throws IOException {
        String text = text("/opt/settle/bin/settle", Map.of("PATH", "/bin"));
        assertThat(text).contains("claude mcp add settle -- /opt/settle/bin/settle mcp\n");
        assertThat(text).contains("command = \"/opt/settle/bin/settle\"\nargs = [\"mcp\"]\n");
        String json = text.lines()
                .filter(line -> line.startsWith("{\"mcpServers\""))
                .findFirst()
                .orElseThrow();
        assertThat(Json.parseObject(json).object("mcpServers").object("settle").text("command"))
                .isEqualTo("/opt/settle/bin/settle");
        assertThat(text).doesNotContain("env");
    }

    @Test
    void whereRunsLieIsPassedOnWhateverIsInTheName() throws IOException {
        String text = text("settle", Map.of("SETTLE_HOME", "/a b/\"c"));
        assertThat(text).contains("--env 'SETTLE_HOME=/a b/\"c'");
        assertThat(text).contains("SETTLE_HOME = \"/a b/\\\"c\"");
        String json = text.lines()
                .filter(line -> line.startsWith("{\"servers\""))
                .findFirst()
                .orElseThrow();
        assertThat(Json.parseObject(json)
                        .object("servers")
                        .object("settle")
                        .object("env")
                        .text("SETTLE_HOME"))
                .isEqualTo("/a b/\"c");
    }
}
