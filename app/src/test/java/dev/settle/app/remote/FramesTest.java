package dev.settle.app.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class FramesTest {
    private final StringBuilder seen = new StringBuilder();

    private final Frames.Sink sink = new Frames.Sink() {
        @Override
        public void out(byte[] bytes, int length) {
            seen.append("out:").append(new String(bytes, 0, length, StandardCharsets.US_ASCII));
        }

        @Override
        public void err(byte[] bytes, int length) {
            seen.append("err:").append(new String(bytes, 0, length, StandardCharsets.US_ASCII));
        }
    };

    private static Frames of(String text) {
        return new Frames(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void whatComesBeforeTheGreetingIsDropped() throws IOException {
        Frames frames = of("welcome\n\u0001sett\u0001settle-remote 1\nO3\nabcE2\nxyX3\n");
        assertThat(frames.greeted()).isTrue();
        assertThat(frames.unpack(sink)).isEqualTo(Frames.Ending.STATUS);
        assertThat(frames.status()).isEqualTo(3);
        assertThat(seen).hasToString("out:abcerr:xy");
    }

    @Test
    void frameThatIsCutIsShownAsFarAsItCame() throws IOException {
        assertThat(of("O5\nab").unpack(sink)).isEqualTo(Frames.Ending.CUT);
        assertThat(seen).hasToString("out:ab");
        assertThat(of("X").unpack(sink)).isEqualTo(Frames.Ending.CUT);
        assertThat(of("O1").unpack(sink)).isEqualTo(Frames.Ending.CUT);
        assertThat(of("").greeted()).isFalse();
        assertThat(of("L\n").unpack(sink)).isEqualTo(Frames.Ending.ELSEWHERE);
    }

    @Test
    void whatIsNoFrameIsRefused() {
        assertThatThrownBy(() -> of("hello\n").unpack(sink)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> of("O123456789012345\n").unpack(sink)).isInstanceOf(IOException.class);
    }
}
