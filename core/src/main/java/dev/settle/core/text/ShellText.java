package dev.settle.core.text;

import java.util.List;
import java.util.StringJoiner;

/** Text for a POSIX shell. */
public final class ShellText {
    private static final String SAFE = "@%+=:,./-_";

    private ShellText() {}

    /** The words as one command line that a shell splits into these very words. */
    public static String join(List<String> words) {
        StringJoiner line = new StringJoiner(" ");
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            // A first word with "=" would be an assignment.
            line.add(i == 0 && word.indexOf('=') >= 0 ? inQuotes(word) : quote(word));
        }
        return line.toString();
    }

    /** One word that a shell reads as this very text. */
    public static String quote(String word) {
        if (word.isEmpty()) {
            return "''";
        }
        for (int i = 0; i < word.length(); i++) {
            char character = word.charAt(i);
            boolean plain = (character >= 'a' && character <= 'z')
                    || (character >= 'A' && character <= 'Z')
                    || (character >= '0' && character <= '9');
            if (!plain && SAFE.indexOf(character) < 0) {
                return inQuotes(word);
            }
        }
        return word;
    }

    /** One word that a shell reads as this very text, in single quotes whatever it holds. */
    public static String inQuotes(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
