package dev.settle.app.mcp;

import dev.settle.app.process.Environment;
import dev.settle.core.json.Json;
import dev.settle.core.text.ShellText;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The configuration with which common clients start {@code settle mcp}. */
public final class McpClients {
    /** Clients start a server with few variables; these say where runs and settings lie. */
    private static final List<String> PASSED_ON =
            List.of("SETTLE_HOME", "SETTLE_JAVA", "JAVA_HOME", "SLURM_CONF", "XDG_STATE_HOME", "XDG_CONFIG_HOME");

    private final String settle;
    private final List<String> arguments;
    private final Map<String, String> variables = new TreeMap<>();

    /** @param on what stands before the command of a server on another machine: {@code --on HOST} */
    public McpClients(Environment environment, List<String> on) {
        this(launcher(), environment, on);
    }

    /** @param settle how it is started */
    McpClients(String settle, Environment environment, List<String> on) {
        this.settle = settle;
        List<String> words = new ArrayList<>(on);
        words.add("mcp");
        this.arguments = List.copyOf(words);
        PASSED_ON.forEach(name -> environment.variable(name).ifPresent(value -> variables.put(name, value)));
    }

    /** The launcher of the installation that this class comes from; of a build without one, the one on PATH. */
    private static String launcher() {
        try {
            Path jar = Path.of(McpClients.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path launcher = jar.resolveSibling("../bin/settle").normalize();
            return Files.isExecutable(launcher) ? launcher.toString() : "settle";
        } catch (URISyntaxException e) {
            return "settle";
        }
    }

    public String text() {
        return "Claude Code, on the command line:\n\n  claude mcp add settle "
                + options() + "-- " + ShellText.quote(settle) + " " + ShellText.join(arguments) + "\n\n"
                + "Claude Desktop, Cursor and others, in their list of mcpServers:\n\n"
                + Json.write(Map.of("mcpServers", Map.of("settle", server(Optional.empty())))) + "\n\n"
                + "VS Code, in .vscode/mcp.json:\n\n"
                + Json.write(Map.of("servers", Map.of("settle", server(Optional.of("stdio"))))) + "\n\n"
                + "Codex, in ~/.codex/config.toml:\n\n"
                + toml() + "\n"
                + "Add --read-only after mcp for a server that only looks.\n";
    }

    private String options() {
        StringBuilder options = new StringBuilder();
        variables.forEach((name, value) -> options.append("--env ")
                .append(ShellText.quote(name + "=" + value))
                .append(' '));
        return options.toString();
    }

    private Map<String, Object> server(Optional<String> type) {
        Map<String, Object> server = new LinkedHashMap<>();
        type.ifPresent(word -> server.put("type", word));
        server.put("command", settle);
        server.put("args", arguments);
        if (!variables.isEmpty()) {
            server.put("env", variables);
        }
        return server;
    }

    /** A string of TOML is written as one of JSON. */
    private String toml() {
        StringBuilder toml = new StringBuilder("[mcp_servers.settle]\n");
        toml.append("command = ")
                .append(quoted(settle))
                .append("\nargs = ")
                .append(array(arguments))
                .append('\n');
        if (!variables.isEmpty()) {
            toml.append("\n[mcp_servers.settle.env]\n");
            variables.forEach((name, value) ->
                    toml.append(name).append(" = ").append(quoted(value)).append('\n'));
        }
        return toml.toString();
    }

    private static String array(List<String> words) {
        return words.stream().map(McpClients::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String quoted(String text) {
        String pair = Json.write(Map.of("x", text));
        return pair.substring(pair.indexOf(':') + 1, pair.length() - 1);
    }
}
