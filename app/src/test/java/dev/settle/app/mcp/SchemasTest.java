package dev.settle.app.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SchemasTest {
    private final Schemas schemas = new Schemas(McpJsonMapper.getDefault());

    @Test
    void everyToolSaysInOneSentenceWhenToUseIt() {
        for (Tool tool : ToolTable.of(Access.ALL)) {
            String description = schemas.of(tool.name()).description();
            assertThat(description).as(tool.name()).startsWith("Use this ").endsWith(".");
            assertThat(description.substring(0, description.length() - 1)).doesNotContain(". ");
        }
    }

    @Test
    void everyArgumentIsDescribedAndOthersAreRefused() {
        for (Tool tool : ToolTable.of(Access.ALL)) {
            Map<String, Object> input = schemas.of(tool.name()).input();
            assertThat(input).as(tool.name()).containsEntry("additionalProperties", false);
            ((Map<?, ?>) input.get("properties"))
                    .forEach((name, schema) -> assertThat(((Map<?, ?>) schema).get("description"))
                            .as(tool.name() + "." + name)
                            .isNotNull());
        }
    }

    @Test
    void whatASchemaRefersToIsInIt() {
        JsonSchemaValidator validator = JsonSchemaValidator.getDefault();
        for (Tool tool : ToolTable.of(Access.ALL)) {
            // A reference that leads nowhere is an error of the validator, not of the value.
            String message = validator
                    .validate(schemas.of(tool.name()).output(), Map.of("runs", List.of(Map.of()), "run", Map.of()))
                    .errorMessage();
            assertThat(message).as(tool.name()).startsWith("Validation failed");
        }
    }

    @Test
    void aServerThatOnlyLooksOffersNothingThatChangesRuns() {
        assertThat(ToolTable.of(Access.READ_ONLY).stream().map(Tool::name))
                .containsExactly("validate", "wait", "status", "list", "logs", "explain", "doctor");
    }
}
