package dev.settle.app.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class MessageReaderTest {
    private static List<Optional<String>> lines(String text, int bytesMax) throws IOException {
        MessageReader reader =
                new MessageReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), bytesMax);
        List<Optional<String>> lines = new ArrayList<>();
        for (var line = reader.next(); line.isPresent(); line = reader.next()) {
            lines.add(line.get().text());
        }
        return lines;
    }

    @Test
    void linesComeOneByOneAndTheLastNeedsNoLineEnd() throws IOException {
        assertThat(lines("a\n\nü\nc", 10))
                .containsExactly(Optional.of("a"), Optional.of(""), Optional.of("ü"), Optional.of("c"));
        assertThat(lines("", 10)).isEmpty();
    }

    @Test
    void aLineThatIsTooLongIsPassedOverAndTheNextOneIsRead() throws IOException {
        String big = "x".repeat(200_000);
        assertThat(lines("12345\n123456\n" + big + "\nend\n", 5))
                .containsExactly(Optional.of("12345"), Optional.empty(), Optional.empty(), Optional.of("end"));
    }

    @Test
    void aLineMayBeLongerThanOneRead() throws IOException {
        String big = "y".repeat(200_000);
        assertThat(lines(big + "\nend", 200_000)).containsExactly(Optional.of(big), Optional.of("end"));
    }
}
