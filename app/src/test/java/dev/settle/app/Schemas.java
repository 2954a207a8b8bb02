package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The schemas that are shipped. Documents of the tests are held to more than what they say: a field that a schema does
 * not name is an error here, so that none is added without being described.
 */
final class Schemas {
    static final Path FOLDER = Path.of(System.getProperty("settle.testdata"), "../app/src/dist/share/schemas")
            .normalize();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RUN = "run-1.schema.json";
    private static final String EVENTS = "events-1.schema.json";
    private static final Schema RUN_SCHEMA = schema(RUN);
    private static final Schema EVENT_SCHEMA = schema(EVENTS);

    private Schemas() {}

    private static Schema schema(String name) {
        Map<String, String> strict = Map.of(
                "urn:settle:/" + RUN,
                closed(RUN).toString(),
                "urn:settle:/" + EVENTS,
                closed(EVENTS).toString());
        SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(strict));
        return registry.getSchema(SchemaLocation.of("urn:settle:/" + name));
    }

    private static JsonNode closed(String name) {
        JsonNode schema = parse(read(FOLDER.resolve(name)));
        close(schema);
        return schema;
    }

    /** Forbids fields that are not named, wherever the schema lists fields and does not speak of others. */
    private static void close(JsonNode node) {
        if (node instanceof ObjectNode object
                && object.path("properties").isObject()
                && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        node.forEach(Schemas::close);
    }

    /** The document is a run as the schema describes it. */
    static void checkRun(String document) {
        assertThat(RUN_SCHEMA.validate(parse(document))).as(document).isEmpty();
    }

    /** Each line is an event as the schema describes it. */
    static void checkEvents(String lines) {
        assertThat(lines).endsWith("\n");
        lines.lines().forEach(Schemas::checkEvent);
    }

    static void checkEvent(String line) {
        assertThat(EVENT_SCHEMA.validate(parse(line))).as(line).isEmpty();
    }

    static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
