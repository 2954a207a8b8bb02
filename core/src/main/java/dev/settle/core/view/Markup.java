package dev.settle.core.view;

import java.io.IOException;

/** Text inside XML and HTML. */
final class Markup {
    private static final char INSTEAD = '\uFFFD';

    private Markup() {}

    /** Without the characters that XML 1.0 forbids even as references (section 2.2); U+FFFD stands in their place. */
    static String legal(String text) {
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
        char sign = text.charAt(at);
        if (Character.isHighSurrogate(sign)) {
            return at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
        }
        if (Character.isLowSurrogate(sign)) {
            return at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
        }
        return (sign >= ' ' && sign < 0xFFFE) || sign == '\t' || sign == '\n' || sign == '\r';
    }

    /** Appends text so that it is text and nothing else, between tags as well as in a quoted attribute. */
    static void escape(Appendable out, String text) throws IOException {
        String legal = legal(text);
        for (int i = 0; i < legal.length(); i++) {
            char sign = legal.charAt(i);
            switch (sign) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                // Legal in XML, forbidden in HTML.
                case 0x7F, 0x80 -> out.append(INSTEAD);
                default -> out.append(sign > 0x80 && sign < 0xA0 ? INSTEAD : sign);
            }
        }
    }

    /** Whether it may become a link: anything but http and https could be made to run. */
    static boolean isWebAddress(String text) {
        return text.regionMatches(true, 0, "https://", 0, 8) || text.regionMatches(true, 0, "http://", 0, 7);
    }
}
