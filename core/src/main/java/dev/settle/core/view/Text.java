package dev.settle.core.view;

import dev.settle.core.text.PlainText;
import java.util.ArrayList;
import java.util.List;

/** Text that came from jobs, tools and users, made fit to be shown. */
public final class Text {
    private Text() {}

    /** One line of {@link PlainText}, in which line ends and tabs are spaces. */
    public static String clean(String text) {
        int at = 0;
        while (at < text.length() && PlainText.isHarmless(text.charAt(at))) {
            at++;
        }
        return at == text.length()
                ? text
                : PlainText.oneLine(text.replace("\r\n", " ").replace('\n', ' ').replace('\t', ' '));
    }

    /** How many columns a terminal needs for the text. */
    public static int width(String text) {
        int width = 0;
        for (int at = 0; at < text.length(); ) {
            int character = text.codePointAt(at);
            width += width(character);
            at += Character.charCount(character);
        }
        return width;
    }

    /** Two columns for the wide scripts and pictographs of Unicode's EastAsianWidth.txt, none for combining marks. */
    private static int width(int character) {
        if (character < 0x300) {
            return 1;
        }
        int type = Character.getType(character);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = (character >= 0x1100 && character <= 0x115F)
                || (character >= 0x2E80 && character <= 0xA4CF && character != 0x303F)
                || (character >= 0xA960 && character <= 0xA97C)
                || (character >= 0xAC00 && character <= 0xD7A3)
                || (character >= 0xF900 && character <= 0xFAFF)
                || (character >= 0xFE30 && character <= 0xFE6F)
                || (character >= 0xFF00 && character <= 0xFF60)
                || (character >= 0xFFE0 && character <= 0xFFE6)
                || (character >= 0x1F300 && character <= 0x1F64F)
                || (character >= 0x1F680 && character <= 0x1F6FF)
                || (character >= 0x1F900 && character <= 0x1FAFF)
                || (character >= 0x20000 && character <= 0x3FFFD);
        return wide ? 2 : 1;
    }

    /** The text in at most so many columns, with {@code ...} where something is missing. */
    public static String fit(String text, int columns) {
        if (width(text) <= columns) {
            return text;
        }
        String dots = ".".repeat(Math.min(3, Math.max(0, columns)));
        return head(text, columns - dots.length()) + dots;
    }

    /** The text in at most so many columns, with {@code ...} in its middle where something is missing. */
    static String fitMiddle(String text, int columns) {
        if (width(text) <= columns || columns < 6) {
            return fit(text, columns);
        }
        String head = head(text, (columns - 3 + 1) / 2);
        int at = text.length();
        int left = columns - 3 - width(head);
        while (at > 0) {
            int character = text.codePointBefore(at);
            left -= width(character);
            if (left < 0) {
                break;
            }
            at -= Character.charCount(character);
        }
        return head + "..." + text.substring(at);
    }

    /** As much of the beginning as fits. */
    public static String head(String text, int columns) {
        int width = 0;
        int at = 0;
        while (at < text.length()) {
            int character = text.codePointAt(at);
            width += width(character);
            if (width > columns) {
                break;
            }
            at += Character.charCount(character);
        }
        return text.substring(0, at);
    }

    /** Spaces after the text up to so many columns. */
    public static String pad(String text, int columns) {
        int missing = columns - width(text);
        return missing <= 0 ? text : text + " ".repeat(missing);
    }

    /** Breaks at spaces into lines of at most so many columns; longer words are broken within. */
    static List<String> wrap(String text, int columns) {
        List<String> lines = new ArrayList<>();
        String rest = text.strip();
        while (width(rest) > columns && columns > 0) {
            String head = head(rest, columns);
            boolean atWordEnd = rest.charAt(head.length()) == ' ';
            int space = atWordEnd ? head.length() : head.lastIndexOf(' ');
            // A wide character in a single column: it must go somewhere.
            int cut = space > 0 ? space : Math.max(head.length(), Character.charCount(rest.codePointAt(0)));
            lines.add(rest.substring(0, cut).stripTrailing());
            rest = rest.substring(cut).stripLeading();
        }
        if (!rest.isEmpty() || lines.isEmpty()) {
            lines.add(rest);
        }
        return lines;
    }

    /** {@code 1 item}, {@code 2 items}. */
    public static String count(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /** The word as a shell takes it: quoted where it would be expanded, as in {@code 'train[lr=0.1]'}. */
    public static String shellWord(String word) {
        for (int i = 0; i < word.length(); i++) {
            char character = word.charAt(i);
            boolean plain = (character >= 'a' && character <= 'z')
                    || (character >= 'A' && character <= 'Z')
                    || (character >= '0' && character <= '9')
                    || "._=,+-:@/%".indexOf(character) >= 0;
            if (!plain) {
                return "'" + word.replace("'", "'\\''") + "'";
            }
        }
        return word.isEmpty() ? "''" : word;
    }
}
