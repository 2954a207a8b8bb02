package dev.settle.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Json;
import dev.settle.core.view.Line;
import dev.settle.core.view.Style;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConsoleTest {
    private static final String EVIL = "a\u001B[31mb\rc\u009Bd\u202Ee\uD800f\u0007\u007F🚀ü";
    private static final String SHOWN = "a\\u001b[31mb\\rc\\u009bd\\u202ee\\ud800f\\u0007\\u007f🚀ü";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Console console = new Console(stream(out), stream(err));

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    @Test
    void aNoticeIsOneLineWhateverIsInIt() {
        console.notice("no run is called '" + EVIL + "\nRun completed.'");
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("no run is called '" + SHOWN + "\\nRun completed.'\n");
    }

    @Test
    void dataKeepsItsLineEndsAndNoOtherControlCharacter() {
        console.out(EVIL + "\nsecond\n");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(SHOWN + "\nsecond\n");
    }

    @Test
    void onlyOurOwnColoursReachTheStreamOfLines() {
        console.out(List.of(Line.of(Style.BAD, EVIL)), Line.Ink.ANSI);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("\u001B[1;31m" + SHOWN + "\u001B[0m\n");
    }

    @Test
    void aDocumentStaysTheSameDocument() throws IOException {
        try (Writer writer = console.writer()) {
            writer.write(Json.write(Map.of("text", EVIL + "\n\t")) + "\n");
        }
        String written = out.toString(StandardCharsets.UTF_8);
        assertThat(written).contains("\\u009b").doesNotContain("\u009B", "\u202E", "\u007F");
        assertThat(Json.parseObject(written.strip()).text("text")).isEqualTo(EVIL + "\n\t");
    }

    @Test
    void aPairOfSurrogatesIsWholeHoweverTheTextIsCut() throws IOException {
        try (Writer writer = console.writer()) {
            writer.write("x\uD83D");
            writer.write("\uDE80y\uD83D");
            writer.write("z\uDE80");
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("x🚀y\\ud83dz\\ude80");
    }

    @Test
    void theTraceOfADefectIsCleanedToo() {
        console.trace(new IllegalStateException(EVIL));
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("java.lang.IllegalStateException: " + SHOWN.substring(0, 8))
                .doesNotContain("\u001B", "\u009B", "\t", "\u0007");
    }
}
