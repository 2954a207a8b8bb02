package dev.settle.core.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class JsonNumbersTest {
    @Test
    void onlyFiniteNumbersAtTheTopAreTaken() throws IOException {
        assertThat(Json.numbers("""
                {"accuracy": 0.9, "n": 3, "loss": NaN, "worst": -Infinity, "huge": 123456789012345678901234567890,
                 "text": "1", "yes": true, "none": null, "nested": {"a": 1}, "list": [1, {"b": 2}], "last": -1e-3}
                """))
                .containsOnlyKeys("accuracy", "n", "huge", "last")
                .containsEntry("n", 3.0)
                .containsEntry("huge", 1.2345678901234568e29)
                .containsEntry("last", -0.001);
        assertThat(Json.numbers("{}")).isEmpty();
    }

    @Test
    void whatIsNoObjectIsRefusedInOneLine() {
        for (String text : new String[] {"", "[1]", "3", "{\"a\": }", "{\"a\": 1", "not json", "{\"a\": 1} {}"}) {
            assertThatThrownBy(() -> Json.numbers(text))
                    .as(text)
                    .isInstanceOf(IOException.class)
                    .message()
                    .doesNotContain("\n");
        }
    }
}
