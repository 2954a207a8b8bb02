package dev.settle.core.view;

import dev.settle.core.text.PlainText;

/** Text inside XML and HTML. */
public final class Markup {
    private static final char INSTEAD = '\uFFFD';

    private Markup() {}

    /** Without the characters that XML 1.0 forbids even as references (section 2.2); U+FFFD stands in their place. */
    public static String legal(String text) {
        int at = 0;
        while (at < text.length() && isLegal(text, at)) {
            at++;
        }
        if (at == text.length()) {
            return text;
        }
        StringBuilder legal = new StringBuilder(text.length()).append(text, 0, at);
        for (; at < text.length(); at++) {
            legal.append(isLegal(text, at) ? text.charAt(at) : INSTEAD);
        }
        return legal.toString();
    }

    private static boolean isLegal(String text, int at) {
        char character = text.charAt(at);
        if (Character.isHighSurrogate(character)) {
            return at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
        }
        if (Character.isLowSurrogate(character)) {
            return at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
        }
        return (character >= ' ' && character < 0xFFFE) || character == '\t' || character == '\n' || character == '\r';
    }

    /** {@link #legal}, and without the control characters that XML allows, and what turns the direction of writing. */
    public static String harmless(String text) {
        String legal = legal(text);
        int at = 0;
        while (at < legal.length() && !isControl(legal.charAt(at))) {
            at++;
        }
        if (at == legal.length()) {
            return legal;
        }
        StringBuilder harmless = new StringBuilder(legal.length()).append(legal, 0, at);
        for (; at < legal.length(); at++) {
            harmless.append(isControl(legal.charAt(at)) ? INSTEAD : legal.charAt(at));
        }
        return harmless.toString();
    }

    private static boolean isControl(char character) {
        return character >= 0x7F && !PlainText.isHarmless(character) && !Character.isSurrogate(character);
    }

    /** Whether it may become a link: anything but http and https could be made to run. */
    public static boolean isWebAddress(String text) {
        return text.regionMatches(true, 0, "https://", 0, 8) || text.regionMatches(true, 0, "http://", 0, 7);
    }
}
