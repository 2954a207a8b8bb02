package dev.settle.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.view.screen.Key;
import dev.settle.core.view.screen.Key.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KeyDecoderTest {
    private final KeyDecoder decoder = new KeyDecoder();

    private List<Key> taken(String text) {
        List<Key> keys = new ArrayList<>();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            keys.addAll(decoder.take(each & 0xFF));
        }
        return keys;
    }

    private static Key key(Kind kind) {
        return Key.of(kind);
    }

    @Test
    void lettersAreThemselves() {
        assertThat(taken("q/?G ")).containsExactly(Key.of('q'), Key.of('/'), Key.of('?'), Key.of('G'), Key.of(' '));
    }

    @Test
    void arrowsComeInBothForms() {
        assertThat(taken("\u001B[A\u001B[B\u001BOA\u001BOB"))
                .containsExactly(key(Kind.UP), key(Kind.DOWN), key(Kind.UP), key(Kind.DOWN));
    }

    @Test
    void pageKeysAndEndsOfAListAreKnown() {
        assertThat(taken("\u001B[5~\u001B[6~\u001B[H\u001B[4~"))
                .containsExactly(key(Kind.PAGE_UP), key(Kind.PAGE_DOWN), key(Kind.HOME), key(Kind.END));
    }

    @Test
    void enterTabBackspaceAndRedrawAreKeys() {
        assertThat(taken("\r\n\t\u007F\b\f"))
                .containsExactly(
                        key(Kind.ENTER),
                        key(Kind.ENTER),
                        key(Kind.TAB),
                        key(Kind.BACKSPACE),
                        key(Kind.BACKSPACE),
                        key(Kind.REDRAW));
    }

    @Test
    void escapeAloneIsKnownOnlyByThePauseAfterIt() {
        assertThat(taken("\u001B")).isEmpty();
        assertThat(decoder.pause()).containsExactly(key(Kind.ESCAPE));
        assertThat(decoder.pause()).isEmpty();
    }

    @Test
    void letterRightAfterEscapeIsStillALetter() {
        assertThat(taken("\u001Bq")).containsExactly(key(Kind.ESCAPE), Key.of('q'));
    }

    @Test
    void unknownSequenceIsPassedOverWhole() {
        assertThat(taken("\u001B[1;5Cq\u001B[15~f\u001B[<0;10;20M/"))
                .containsExactly(Key.of('q'), Key.of('f'), Key.of('/'));
    }

    @Test
    void sequenceThatBreaksOffIsForgotten() {
        assertThat(taken("\u001B[5")).isEmpty();
        assertThat(decoder.pause()).isEmpty();
        assertThat(taken("q")).containsExactly(Key.of('q'));
    }

    @Test
    void charactersBeyondAsciiAreWhole() {
        assertThat(taken("\u00E9\u6F22\uD83D\uDE00")).containsExactly(Key.of(0xE9), Key.of(0x6F22), Key.of(0x1F600));
    }

    @Test
    void brokenUtf8IsPassedOver() {
        List<Key> keys = new ArrayList<>();
        for (int value : new int[] {0xE6, 'q', 0x80, 0xBF, 'f'}) {
            keys.addAll(decoder.take(value));
        }
        assertThat(keys).containsExactly(Key.of('q'), Key.of('f'));
    }

    @Test
    void otherControlCharactersAreNoKeys() {
        assertThat(taken("\u0000\u0001\u0007\u0011")).isEmpty();
    }
}
