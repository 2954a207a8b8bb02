package dev.settle.core.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RawTextTest {
    @Test
    void bytesComeBackWhateverTheyAre() {
        Random random = new Random(4711);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            assertThat(RawText.encode(RawText.decode(bytes))).isEqualTo(bytes);
        }
        // An encoded half of a pair is no UTF-8.
        byte[] half = {(byte) 0xED, (byte) 0xB2, (byte) 0x80};
        assertThat(RawText.encode(RawText.decode(half))).isEqualTo(half);
    }

    @Test
    void textIsTextAndItsPairsStayWhole() {
        // Its second half is U+DC80.
        String text = "\u00e9 \u4e2d " + new String(Character.toChars(0x10080));
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(RawText.decode(bytes)).isEqualTo(text);
        assertThat(RawText.encode(text)).isEqualTo(bytes);
        assertThat(RawText.isRaw(text)).isFalse();
    }

    @Test
    void peopleSeeAReplacement() {
        String text = RawText.decode(new byte[] {'t', (byte) 0xE9});
        assertThat(RawText.isRaw(text)).isTrue();
        assertThat(RawText.shown(text)).isEqualTo("t\uFFFD");
    }

    @Test
    void jsonHoldsThemAndIsUtf8() throws Exception {
        String text = RawText.decode(new byte[] {'"', (byte) 0xE9, (byte) 0xFF, '\\'});
        byte[] file = RawText.inJson(Json.write(Map.of("command", text))).getBytes(StandardCharsets.UTF_8);
        assertThat(Json.parseObject(new String(file, StandardCharsets.UTF_8)).text("command"))
                .isEqualTo(text);
    }
}
