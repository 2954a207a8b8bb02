package dev.settle.core.environment;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Bytes of the system as text that gives them back: they are read as UTF-8, and each byte that is none stands as one
 * character of U+DC80 to U+DCFF, halves of pairs that no other text has (as in Python's {@code surrogateescape}).
 */
public final class RawText {
    private static final char FIRST = '\uDC80';
    private static final char LAST = '\uDCFF';
    private static final int BYTE_OF_FIRST = 0x80;

    private RawText() {}

    /** The text of these bytes; {@link #encode} is its inverse. */
    public static String decode(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (!result.isError()) {
                return out.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (FIRST + (in.get() & 0xFF) - BYTE_OF_FIRST));
            }
            decoder.reset();
        }
    }

    /** The bytes of a text: UTF-8, but for the bytes that were none. */
    public static byte[] encode(String text) {
        if (!isRaw(text)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + 16);
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            if (isRawAt(text, i)) {
                bytes.writeBytes(text.substring(from, i).getBytes(StandardCharsets.UTF_8));
                bytes.write(text.charAt(i) - FIRST + BYTE_OF_FIRST);
                from = i + 1;
            }
        }
        bytes.writeBytes(text.substring(from).getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    /** Whether the text holds bytes that are no UTF-8. */
    public static boolean isRaw(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isRawAt(text, i)) {
                return true;
            }
        }
        return false;
    }

    /** The text for people: what is no UTF-8 is a replacement character. */
    public static String shown(String text) {
        if (!isRaw(text)) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            shown.append(isRawAt(text, i) ? '\uFFFD' : text.charAt(i));
        }
        return shown.toString();
    }

    /** A JSON document whose strings may hold such bytes, as one that is UTF-8: they stand as escapes. */
    public static String inJson(String document) {
        if (!isRaw(document)) {
            return document;
        }
        StringBuilder escaped = new StringBuilder(document.length() + 64);
        for (int i = 0; i < document.length(); i++) {
            char character = document.charAt(i);
            if (isRawAt(document, i)) {
                escaped.append("\\u").append(Integer.toHexString(character));
            } else {
                escaped.append(character);
            }
        }
        return escaped.toString();
    }

    private static boolean isRawAt(String text, int i) {
        char character = text.charAt(i);
        return character >= FIRST && character <= LAST && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }
}
