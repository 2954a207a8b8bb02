package dev.settle.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RedactionTest {
    private static final String VALUE = "s3cr3t-&\"'<é\n\u0007";
    private static final Redaction REDACTION = Redaction.of(List.of(VALUE, "aaab", "key"));

    @Test
    void valueIsReplacedInEveryFormInWhichItIsWritten() {
        assertThat(REDACTION.of("<" + VALUE + ">")).isEqualTo("<***>");
        assertThat(REDACTION.of(Json.write(Map.of("a", VALUE)))).isEqualTo("{\"a\":\"***\"}");
        assertThat(REDACTION.of("s3cr3t-&amp;&quot;'&lt;é\n\u0007 s3cr3t-&amp;&#34;&#39;&lt;é\n\u0007"))
                .isEqualTo("*** ***");
        assertThat(REDACTION.of("key")).as("too short to be a secret").isEqualTo("key");
    }

    @Test
    void valueIsReplacedHoweverTheOutputIsCut() {
        byte[] bytes = ("aaa" + VALUE + "aaaaab s3cr3t").getBytes(StandardCharsets.UTF_8);
        for (int piece = 1; piece <= bytes.length; piece++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteSink sink = REDACTION.before((ByteSink) (chunk, length) -> out.write(chunk, 0, length));
            for (int at = 0; at < bytes.length; at += piece) {
                byte[] chunk = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + piece));
                sink.bytes(chunk, chunk.length);
            }
            sink.end();
            assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("aaa***aa*** s3cr3t");
        }
    }

    @Test
    void documentIsWrittenWithoutIt() throws Exception {
        StringWriter out = new StringWriter();
        try (Writer writer = REDACTION.before(out)) {
            for (char each : Json.write(Map.of("a", VALUE)).toCharArray()) {
                writer.write(each);
            }
        }
        assertThat(out).hasToString("{\"a\":\"***\"}");
    }
}
