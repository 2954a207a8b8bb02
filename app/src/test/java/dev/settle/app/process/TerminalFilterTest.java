package dev.settle.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.view.Line;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TerminalFilterTest {
    private static String filtered(byte[] bytes, Line.Ink ink, int piece) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TerminalFilter filter = new TerminalFilter((chunk, length) -> out.write(chunk, 0, length), ink);
        for (int at = 0; at < bytes.length; at += piece) {
            int length = Math.min(piece, bytes.length - at);
            byte[] chunk = new byte[length];
            System.arraycopy(bytes, at, chunk, 0, length);
            filter.bytes(chunk, length);
        }
        filter.end();
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String filtered(String text) {
        String whole = filtered(text.getBytes(StandardCharsets.UTF_8), Line.Ink.ANSI, 1 << 20);
        String cut = filtered(text.getBytes(StandardCharsets.UTF_8), Line.Ink.ANSI, 1);
        assertThat(cut).as("however it is cut").isEqualTo(whole);
        return whole;
    }

    @Test
    void coloursStayAndEndWithTheOutput() {
        assertThat(filtered("\u001B[1;31mred\u001B[0m \u001B[38;5;12mblue\n"))
                .isEqualTo("\u001B[1;31mred\u001B[0m \u001B[38;5;12mblue\u001B[0m\n");
        assertThat(filtered("\u001B[32mone\ntwo\u001B[m\nthree"))
                .as("each line has its own")
                .isEqualTo("\u001B[32mone\u001B[0m\n\u001B[32mtwo\u001B[m\nthree");
        assertThat(filtered("\u001B[31mopen")).isEqualTo("\u001B[31mopen\u001B[0m");
    }

    @Test
    void withoutInkThereAreNoColours() {
        assertThat(filtered("\u001B[31mred\u001B[0m".getBytes(StandardCharsets.UTF_8), Line.Ink.PLAIN, 3))
                .isEqualTo("red");
    }

    @ParameterizedTest
    @CsvSource({
        "'a\u001B[2Jb', ab",
        "'a\u001B[10;20Hb', ab",
        "'a\u001B[?1049hb', ab",
        "'a\u001B]0;title\u0007b', ab",
        "'a\u001B]52;c;aGk=\u001B\\b', ab",
        "'a\u001BPpayload\u001B\\b', ab",
        "'a\u001B(0b', ab",
        "'a\u001Bcb', ab",
        "'a\u001B[>4;2mb', ab"
    })
    void otherSequencesAreLeftOut(String text, String expected) {
        assertThat(filtered(text)).isEqualTo(expected);
    }

    @Test
    void carriageReturnsEndLinesAndTabsAreSpaces() {
        assertThat(filtered("10%\r20%\r\ndone\r\nab\tc\td")).isEqualTo("10%\n20%\ndone\nab      c       d");
    }

    @Test
    void otherControlCharactersAreShown() {
        assertThat(filtered("a\u0007b\u009B2Jc\u202Ed")).isEqualTo("a\\u0007b\\u009b2Jc\\u202ed");
    }

    @Test
    void lettersOfAllScriptsStayWhereverTheyAreCut() {
        assertThat(filtered("grün 大 🚀 e\u0301\n")).isEqualTo("grün 大 🚀 e\u0301\n");
    }

    @Test
    void nothingOfAnyBytesActsOnATerminal() {
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            for (int at = 0; at < bytes.length; at++) {
                if (random.nextInt(4) == 0) {
                    bytes[at] = (byte) "\u001B[]0;m\u0007\\P?".charAt(random.nextInt(10));
                }
            }
            String text = filtered(bytes, Line.Ink.ANSI, 1 + random.nextInt(20));
            assertThat(text.replaceAll("\u001B\\[[0-9;:]*m", ""))
                    .as("seed 7, round " + i)
                    .doesNotContainPattern("[\\p{Cntrl}&&[^\\n]]|[\\u007F-\\u009F\\u2028-\\u202E]");
        }
    }
}
