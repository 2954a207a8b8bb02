package dev.settle.app.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutputTailTextTest {
    @TempDir
    Path folder;

    private OutputTailText tail(String text, int lines) throws IOException {
        return OutputTailText.of(Files.writeString(folder.resolve("out"), text), lines);
    }

    @Test
    void theLastLinesAreReadWithOrWithoutALineEnd() throws IOException {
        assertThat(tail("a\nb\nc\n", 2)).isEqualTo(new OutputTailText("b\nc\n", true));
        assertThat(tail("a\nb\nc", 2)).isEqualTo(new OutputTailText("b\nc", true));
        assertThat(tail("a\nb\n", 2)).isEqualTo(new OutputTailText("a\nb\n", false));
    }

    @Test
    void aFileThatIsMissingOrEmptyHasNoText() throws IOException {
        assertThat(OutputTailText.of(folder.resolve("none"), 5)).isEqualTo(new OutputTailText("", false));
        assertThat(tail("", 5)).isEqualTo(new OutputTailText("", false));
    }

    @Test
    void noMoreThanTheBoundIsRead() throws IOException {
        OutputTailText tail = tail("x".repeat(OutputTailText.BYTES_MAX + 10), 5);
        assertThat(tail.text()).hasSize(OutputTailText.BYTES_MAX);
        assertThat(tail.cut()).isTrue();
    }
}
