package dev.settle.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.view.document.RunnerText;
import java.io.ByteArrayOutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class RunnerFilterTest {
    private static byte[] filtered(byte[] bytes, int piece, RunnerText runner) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RunnerFilter filter = new RunnerFilter((chunk, length) -> out.write(chunk, 0, length), runner);
        for (int at = 0; at < bytes.length; at += piece) {
            byte[] chunk = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + piece));
            filter.bytes(chunk, chunk.length);
        }
        filter.end();
        return out.toByteArray();
    }

    private static String filtered(String text) {
        return filtered(text, RunnerText.GITHUB);
    }

    private static String filtered(String text, RunnerText runner) {
        byte[] whole = filtered(text.getBytes(StandardCharsets.UTF_8), 1 << 20, runner);
        assertThat(filtered(text.getBytes(StandardCharsets.UTF_8), 1, runner))
                .as("however it is cut")
                .isEqualTo(whole);
        return new String(whole, StandardCharsets.UTF_8);
    }

    @Test
    void commandsOfARunnerAreNoneHoweverTheLineBegins() {
        assertThat(filtered("::error::a\n  ::notice::b\nx\r::group::c\nsee ##[d]\nmid ::add-mask::e"))
                .isEqualTo(": :error::a\n  : :notice::b\nx\r: :group::c\nsee # #[d]\nmid : :add-mask::e");
        assertThat(filtered("section_start:1:a\r\u001B[0Kb\n", RunnerText.GITLAB))
                .isEqualTo("section_start :1:a\r\u001B[0Kb\n");
    }

    @Test
    void allOtherBytesPassAsTheyAre() {
        byte[] bytes = new byte[4_096];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i % 251);
        }
        assertThat(filtered(bytes, 7, RunnerText.GITHUB)).isEqualTo(bytes);
        assertThat(filtered("a::b Grüße\n\n")).isEqualTo("a::b Grüße\n\n");
    }

    @Test
    void longLineHidesNoCommandWhereItIsDivided() {
        for (int before = 8_192 - 30; before < 8_192 + 5; before++) {
            String text = "y".repeat(before) + "::add-mask::x##[z]" + "y".repeat(9_000);
            assertThat(filtered(text)).doesNotContain("::add-mask").doesNotContain("##[");
        }
    }

    @Test
    void documentThatIsWrittenPieceByPieceStaysTheSame() throws Exception {
        for (int before = 8_192 - 30; before < 8_192 + 5; before++) {
            StringWriter out = new StringWriter();
            try (RunnerWriter writer = new RunnerWriter(out, RunnerText.GITHUB, RunnerText.Form.JSON)) {
                for (char each : ("y".repeat(before) + "##[a]::error::b" + "y".repeat(9_000)).toCharArray()) {
                    writer.write(each);
                }
            }
            assertThat(out.toString())
                    .isEqualTo("y".repeat(before) + "#\\u0023[a]:\\u003aerror::b" + "y".repeat(9_000));
        }
    }
}
