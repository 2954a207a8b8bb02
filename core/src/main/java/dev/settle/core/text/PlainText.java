package dev.settle.core.text;

/**
 * Text without characters that act on a terminal or on the reader: control characters (C0, DEL, C1), characters that
 * turn the direction of writing (Unicode, UAX #9), and halves of surrogate pairs. They are shown as {@code \u001b},
 * which is what JSON writes, so that a JSON document stays the same document.
 */
public final class PlainText {
    private PlainText() {}

    /** The text on one line: line ends and tabs are shown as {@code \n}, {@code \r} and {@code \t}. */
    public static String oneLine(CharSequence text) {
        return clean(text, false);
    }

    /** The same, with its line ends. */
    public static String lines(CharSequence text) {
        return clean(text, true);
    }

    private static String clean(CharSequence text, boolean keepsLineEnds) {
        int at = 0;
        while (at < text.length() && (isHarmless(text.charAt(at)) || (keepsLineEnds && text.charAt(at) == '\n'))) {
            at++;
        }
        if (at == text.length()) {
            return text.toString();
        }
        StringBuilder clean = new StringBuilder(text.length() + 16);
        clean.append(text, 0, at);
        for (; at < text.length(); at++) {
            char each = text.charAt(at);
            if (isHarmless(each) || isPaired(text, at) || (keepsLineEnds && each == '\n')) {
                clean.append(each);
            } else {
                clean.append(escape(each));
            }
        }
        return clean.toString();
    }

    /** How a character is written that is not to be shown as it is. */
    public static String escape(char each) {
        return switch (each) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> String.format("\\u%04x", (int) each);
        };
    }

    /** Whether a character, whatever stands beside it, is a plain one. */
    public static boolean isHarmless(char each) {
        if (each < 0x7F) {
            return each >= ' ';
        }
        boolean control = each <= 0x9F;
        boolean direction = each == 0x061C
                || each == 0x200E
                || each == 0x200F
                || (each >= 0x2028 && each <= 0x202E)
                || (each >= 0x2066 && each <= 0x2069)
                || each == 0xFEFF;
        return !control && !direction && !Character.isSurrogate(each);
    }

    /** Whether the character at this place is half of a whole surrogate pair. */
    public static boolean isPaired(CharSequence text, int at) {
        char each = text.charAt(at);
        return Character.isHighSurrogate(each)
                ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                : Character.isLowSurrogate(each) && at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }
}
