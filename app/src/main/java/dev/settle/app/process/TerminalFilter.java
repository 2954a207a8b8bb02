package dev.settle.app.process;

import dev.settle.core.text.PlainText;
import dev.settle.core.view.Line;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Makes what a job writes fit for a terminal, however it is cut into pieces: colours stay (ECMA-48, SGR), each line with
 * its own, all other control sequences are left out, a carriage return ends the line, a tab becomes spaces, and any other
 * control character is shown as {@link PlainText} shows it. It keeps no more than the last few characters.
 */
public final class TerminalFilter implements ByteSink {
    private static final int CHUNK = 8 * 1024;
    private static final int TAB_COLUMNS = 8;

    /** A longer sequence of parameters is no colour. */
    private static final int COLOUR_MAX = 64;

    /** Of more colours and attributes at once the first are forgotten. */
    private static final int ACTIVE_MAX = 8;

    private static final String RESET = "\u001B[0m";

    private enum Within {
        TEXT,
        /** After ESC. */
        ESCAPE,
        /** After ESC and a first byte that says one more follows. */
        ESCAPE_ONE,
        /** After ESC [. */
        CONTROL,
        /** After ESC ] and its like: until BEL or ESC \. */
        STRING
    }

    private final ByteSink out;
    private final Line.Ink ink;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private final StringBuilder clean = new StringBuilder();
    private final StringBuilder parameters = new StringBuilder();
    private ByteBuffer left = ByteBuffer.allocate(0);
    private Within within = Within.TEXT;
    private int column;
    private boolean afterReturn;
    private char half;
    /** The colours and attributes of the text from here on, and whether they were written on this line. */
    private final Deque<String> active = new ArrayDeque<>();

    private boolean drawn = true;

    /** @param ink whether colours stay */
    public TerminalFilter(ByteSink out, Line.Ink ink) {
        this.out = out;
        this.ink = ink;
    }

    @Override
    public void bytes(byte[] bytes, int length) {
        ByteBuffer in = ByteBuffer.allocate(left.remaining() + length);
        in.put(left).put(bytes, 0, length).flip();
        CharBuffer chars = CharBuffer.allocate(CHUNK);
        boolean more = true;
        while (more) {
            more = decoder.decode(in, chars, false).isOverflow();
            chars.flip();
            while (chars.hasRemaining()) {
                take(chars.get());
            }
            chars.clear();
        }
        // The beginning of a character whose rest is still to come.
        left = in.slice();
        pass();
    }

    /** The end of what the job writes, for now: colours do not reach beyond it. */
    @Override
    public void end() {
        if (left.hasRemaining()) {
            take('\uFFFD');
            left = ByteBuffer.allocate(0);
        }
        if (!active.isEmpty() && drawn) {
            clean.append(RESET);
            drawn = false;
        }
        pass();
        out.end();
    }

    private void pass() {
        byte[] text = clean.toString().getBytes(StandardCharsets.UTF_8);
        clean.setLength(0);
        if (text.length > 0) {
            out.bytes(text, text.length);
        }
    }

    private void take(char each) {
        switch (within) {
            case TEXT -> text(each);
            case ESCAPE -> escape(each);
            case ESCAPE_ONE -> within = Within.TEXT;
            case CONTROL -> control(each);
            case STRING -> {
                if (each == 0x07 || each == '\n') {
                    within = Within.TEXT;
                } else if (each == 0x1B) {
                    within = Within.ESCAPE;
                }
            }
        }
    }

    private void text(char each) {
        if (half != 0) {
            char first = half;
            half = 0;
            if (Character.isLowSurrogate(each)) {
                ink();
                clean.append(first).append(each);
                column += 2;
                return;
            }
            shown(PlainText.escape(first));
        }
        boolean ended = afterReturn;
        afterReturn = false;
        switch (each) {
            case 0x1B -> within = Within.ESCAPE;
            case '\n' -> {
                if (!ended) {
                    newLine();
                }
            }
            case '\r' -> {
                // Shown at once: a progress bar that ends no line would never be seen.
                newLine();
                afterReturn = true;
            }
            case '\t' -> shown(" ".repeat(TAB_COLUMNS - column % TAB_COLUMNS));
            default -> {
                if (Character.isHighSurrogate(each)) {
                    half = each;
                } else if (PlainText.isHarmless(each)) {
                    ink();
                    clean.append(each);
                    column++;
                } else {
                    shown(PlainText.escape(each));
                }
            }
        }
    }

    private void newLine() {
        if (!active.isEmpty() && drawn) {
            clean.append(RESET);
            drawn = false;
        }
        clean.append('\n');
        column = 0;
    }

    /** The colours of the line before hold on this one. */
    private void ink() {
        if (!drawn) {
            active.forEach(clean::append);
            drawn = true;
        }
    }

    private void colour(String sequence) {
        boolean reset = sequence.equals(RESET) || sequence.equals("\u001B[m");
        if (reset) {
            active.clear();
            if (drawn) {
                clean.append(sequence);
            }
            drawn = true;
            return;
        }
        if (active.size() == ACTIVE_MAX) {
            active.removeFirst();
        }
        active.addLast(sequence);
        if (drawn) {
            clean.append(sequence);
        }
    }

    private void shown(String text) {
        ink();
        clean.append(text);
        column += text.length();
    }

    /** ECMA-48: [ begins a control sequence, P X ] ^ _ a string; bytes below 0x30 say that one more follows. */
    private void escape(char each) {
        switch (each) {
            case '[' -> {
                within = Within.CONTROL;
                parameters.setLength(0);
            }
            case 'P', 'X', ']', '^', '_' -> within = Within.STRING;
            default -> within = each >= ' ' && each < '0' ? Within.ESCAPE_ONE : Within.TEXT;
        }
        if (each < ' ') {
            text(each);
        }
    }

    /** Parameters up to a final byte between @ and ~; only m sets colours. */
    private void control(char each) {
        if (each >= '@' && each <= '~') {
            within = Within.TEXT;
            if (each == 'm' && ink == Line.Ink.ANSI && parameters.length() <= COLOUR_MAX) {
                colour("\u001B[" + parameters + "m");
            }
        } else if ((each >= '0' && each <= '9') || each == ';' || each == ':') {
            if (parameters.length() <= COLOUR_MAX) {
                parameters.append(each);
            }
        } else if (each >= ' ' && each < '@') {
            // Private parameters, and bytes before the final one: no colour.
            parameters.append("x".repeat(COLOUR_MAX + 1));
        } else {
            within = Within.TEXT;
            text(each);
        }
    }
}
