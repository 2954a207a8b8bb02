package dev.settle.app.terminal;

import dev.settle.core.view.screen.Key;
import dev.settle.core.view.screen.Key.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jline.keymap.KeyMap;

/**
 * From the bytes of a terminal to keys: UTF-8, and the sequences of ECMA-48 and xterm (ctlseqs) for keys that have no
 * character. A sequence that is not known is passed over whole.
 */
final class KeyDecoder {
    private static final String CSI = "\u001B[";
    private static final String SS3 = "\u001BO";

    private final KeyMap<Kind> map = new KeyMap<>();
    private final StringBuilder sequence = new StringBuilder();
    private boolean passingOver;
    private int codePoint;
    /** Bytes of a UTF-8 character that are still to come. */
    private int missing;

    KeyDecoder() {
        map.bind(Kind.UP, CSI + "A", SS3 + "A");
        map.bind(Kind.DOWN, CSI + "B", SS3 + "B");
        map.bind(Kind.HOME, CSI + "H", SS3 + "H", CSI + "1~", CSI + "7~");
        map.bind(Kind.END, CSI + "F", SS3 + "F", CSI + "4~", CSI + "8~");
        map.bind(Kind.PAGE_UP, CSI + "5~", KeyMap.ctrl('B'));
        map.bind(Kind.PAGE_DOWN, CSI + "6~", KeyMap.ctrl('F'));
        map.bind(Kind.ENTER, "\r", "\n");
        map.bind(Kind.TAB, "\t");
        map.bind(Kind.BACKSPACE, KeyMap.del(), KeyMap.ctrl('H'));
        map.bind(Kind.REDRAW, KeyMap.ctrl('L'));
        map.bind(Kind.ESCAPE, KeyMap.esc());
    }

    /** The keys that a further byte completes: mostly one or none. */
    List<Key> take(int value) {
        if (missing > 0 || value >= 0x80) {
            return beyondAscii(value);
        }
        if (passingOver) {
            passingOver = !isFinal(value);
            return List.of();
        }
        sequence.append((char) value);
        int[] remaining = new int[1];
        Kind kind = map.getBound(sequence, remaining);
        if (remaining[0] < 0) {
            // A longer one may follow.
            return List.of();
        }
        String taken = sequence.toString();
        sequence.setLength(0);
        if (kind != null && remaining[0] == 0) {
            return List.of(Key.of(kind));
        }
        if (taken.startsWith(CSI) || taken.startsWith(SS3)) {
            passingOver = !isFinal(value);
            return List.of();
        }
        if (taken.length() > 1) {
            // Esc, and a key that came quickly after it.
            List<Key> keys = new ArrayList<>(List.of(Key.of(Kind.ESCAPE)));
            keys.addAll(take(value));
            return keys;
        }
        return value >= ' ' ? List.of(Key.of(value)) : List.of();
    }

    /** Nothing has come for a while: an Esc that begins no sequence is the key. */
    List<Key> pause() {
        boolean escape = sequence.toString().equals(KeyMap.esc());
        sequence.setLength(0);
        passingOver = false;
        missing = 0;
        return escape ? List.of(Key.of(Kind.ESCAPE)) : List.of();
    }

    private static boolean isFinal(int value) {
        return value >= '@' && value <= '~';
    }

    private List<Key> beyondAscii(int value) {
        boolean continues = (value & 0xC0) == 0x80;
        if (missing > 0 && continues) {
            codePoint = (codePoint << 6) | (value & 0x3F);
            missing--;
            return missing == 0 && Character.isValidCodePoint(codePoint) ? List.of(Key.of(codePoint)) : List.of();
        }
        if (missing > 0 && value < 0x80) {
            // The character was cut short.
            missing = 0;
            return take(value);
        }
        missing = continues ? 0 : value >= 0xF0 ? 3 : value >= 0xE0 ? 2 : 1;
        codePoint = value & (0x3F >> missing);
        return List.of();
    }
}
