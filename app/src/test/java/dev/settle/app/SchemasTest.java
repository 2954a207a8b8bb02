package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.settle.core.model.ItemReason;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.StopReason;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The schemas and the documents agree; those of other tests are checked where they are made. */
final class SchemasTest {
    private static final Path GOLDENS = TestData.path("golden", "view");

    @TestFactory
    Stream<DynamicTest> everyPublishedDocumentIsValid() throws IOException {
        return goldens("run-", ".json")
                .map(file -> DynamicTest.dynamicTest(
                        String.valueOf(file.getFileName()), () -> Schemas.checkRun(Schemas.read(file))));
    }

    @TestFactory
    Stream<DynamicTest> everyPublishedEventIsValid() throws IOException {
        return goldens("events-", ".ndjson")
                .map(file -> DynamicTest.dynamicTest(
                        String.valueOf(file.getFileName()), () -> Schemas.checkEvents(Schemas.read(file))));
    }

    private static Stream<Path> goldens(String prefix, String suffix) throws IOException {
        List<Path> found;
        try (Stream<Path> files = Files.list(GOLDENS)) {
            found = files.filter(file -> {
                        String name = String.valueOf(file.getFileName());
                        return name.startsWith(prefix) && name.endsWith(suffix);
                    })
                    .sorted()
                    .toList();
        }
        assertThat(found).hasSizeGreaterThanOrEqualTo(8);
        return found.stream();
    }

    @Test
    void everyFieldOfADocumentIsNeeded() {
        JsonNode document = Schemas.parse(Schemas.read(GOLDENS.resolve("run-failed.json")));
        for (String path : List.of("", "/stop", "/counts", "/driver", "/items/0", "/items/0/usage")) {
            document.at(path).fieldNames().forEachRemaining(name -> {
                JsonNode lacking = document.deepCopy();
                ((ObjectNode) lacking.at(path)).remove(name);
                assertThatThrownBy(() -> Schemas.checkRun(lacking.toString()))
                        .as("%s/%s", path, name)
                        .isInstanceOf(AssertionError.class);
            });
        }
    }

    @Test
    void timeThatIsNotUtcIsFound() {
        ObjectNode document = (ObjectNode) Schemas.parse(Schemas.read(GOLDENS.resolve("run-failed.json")));
        document.put("created_at", "2026-11-20T23:00:00+01:00");
        assertThatThrownBy(() -> Schemas.checkRun(document.toString())).isInstanceOf(AssertionError.class);
    }

    @Test
    void unknownEventIsFound() {
        assertThatThrownBy(() -> Schemas.checkEvent("{\"event\":\"party\",\"seq\":1,\"at\":\"2026-11-20T23:00:00Z\"}"))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void wordsAreThoseOfTheProgram() {
        JsonNode run = Schemas.parse(Schemas.read(Schemas.FOLDER.resolve("run-1.schema.json")));
        JsonNode item = run.at("/$defs/item/properties");
        assertThat(words(item.at("/state/enum")))
                .containsExactly(
                        Arrays.stream(ItemState.values()).map(ItemState::word).toArray(String[]::new));
        assertThat(words(item.at("/reason/enum")))
                .containsExactlyInAnyOrder(
                        Arrays.stream(ItemReason.values()).map(ItemReason::word).toArray(String[]::new));
        assertThat(words(item.at("/confirmed_by/enum")))
                .containsExactlyInAnyOrder(Arrays.stream(ConfirmedBy.values())
                        .map(ConfirmedBy::word)
                        .toArray(String[]::new));
        assertThat(words(run.at("/$defs/stop/properties/reason/enum")))
                .containsExactlyInAnyOrder(
                        Arrays.stream(StopReason.values()).map(StopReason::word).toArray(String[]::new));
    }

    private static List<String> words(JsonNode choices) {
        assertThat(choices).isInstanceOf(ArrayNode.class);
        List<String> words = new ArrayList<>();
        choices.forEach(choice -> {
            if (choice.isTextual()) {
                words.add(choice.textValue());
            }
        });
        return words;
    }

    /** As a user's validator has them: from their files, with fields that a later version adds. */
    @Test
    void shippedSchemaAllowsFieldsOfLaterVersions() throws IOException {
        ObjectNode document = (ObjectNode) Schemas.parse(Schemas.read(GOLDENS.resolve("run-failed.json")));
        document.put("later", 1);
        assertThatThrownBy(() -> Schemas.checkRun(document.toString())).isInstanceOf(AssertionError.class);
        SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemaLoader(loader -> loader.fetchRemoteResources()));
        String events = Schemas.FOLDER
                .resolve("events-1.schema.json")
                .toRealPath()
                .toUri()
                .toString();
        ObjectNode event =
                (ObjectNode) Schemas.parse("{\"event\":\"result\",\"seq\":2,\"at\":\"2026-11-20T23:00:00Z\"}");
        event.putNull("exit_status");
        event.set("run", document);
        assertThat(registry.getSchema(SchemaLocation.of(events)).validate(event))
                .isEmpty();
    }
}
