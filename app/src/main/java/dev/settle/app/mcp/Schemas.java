package dev.settle.app.mcp;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Descriptions and schemas of the tools, from the files beside this class. */
final class Schemas {
    private static final TypeRef<Map<String, @Nullable Object>> TREE = new TypeRef<>() {};

    /**
     * What clients are told of a tool.
     *
     * @param input schema of its arguments
     * @param output schema of its structured content
     */
    record Described(String title, String description, Map<String, Object> input, Map<String, Object> output) {}

    private final McpJsonMapper json;
    private final Map<String, Object> definitions;

    Schemas(McpJsonMapper json) {
        this.json = json;
        this.definitions = map(file("definitions"), "definitions");
    }

    Described of(String tool) {
        Map<String, @Nullable Object> file = file(tool);
        Map<String, Object> output = new LinkedHashMap<>(map(file, "output"));
        Map<String, Object> needed = new LinkedHashMap<>();
        String text = String.valueOf(output);
        // What the schema refers to, and what that refers to.
        if (text.contains("#/$defs/run")) {
            needed.put("run", map(definitions, "run"));
        }
        if (text.contains("#/$defs/follow_up")) {
            needed.put("follow_up", map(definitions, "follow_up"));
        }
        if (!needed.isEmpty()) {
            output.put("$defs", needed);
        }
        return new Described(
                String.valueOf(file.get("title")), String.valueOf(file.get("description")), map(file, "input"), output);
    }

    /** A JSON object as a tree. */
    static Map<String, @Nullable Object> tree(McpJsonMapper json, String text) {
        try {
            return json.readValue(text, TREE);
        } catch (IOException e) {
            throw new UncheckedIOException("a document of ours reads back as it is written", e);
        }
    }

    private Map<String, @Nullable Object> file(String name) {
        try (InputStream in = Schemas.class.getResourceAsStream(name + ".json")) {
            if (in == null) {
                throw new IllegalStateException("the build left out " + name + ".json");
            }
            return tree(json, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(name + ".json of this build cannot be read", e);
        }
    }

    @SuppressWarnings("unchecked") // the files are ours, and a test reads all of them
    private static Map<String, Object> map(Map<String, ? extends @Nullable Object> of, String name) {
        if (of.get(name) instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new IllegalStateException("there is no object " + name);
    }
}
