package dev.settle.core.text;

/**
 * Patterns for item ids as users of a shell write them: {@code *}, {@code ?} and {@code [abc]}, {@code [a-c]},
 * {@code [!abc]}.
 *
 * <p>Brackets around text with a {@code =} are no set but the values of a matrix, as in {@code train[lr=*,seed=1]}.
 */
public final class Wildcard {
    private final String pattern;

    public Wildcard(String pattern) {
        this.pattern = pattern;
    }

    /** Whether a text holds a character that makes it a pattern. */
    public static boolean isOne(String text) {
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character == '*' || character == '?' || (character == '[' && setEnd(text, i) > 0)) {
                return true;
            }
        }
        return false;
    }

    /** What every match begins with. */
    public String literalStart() {
        int end = 0;
        while (end < pattern.length() && "*?[".indexOf(pattern.charAt(end)) < 0) {
            end++;
        }
        return pattern.substring(0, end);
    }

    public boolean matches(String text) {
        int p = 0;
        int t = 0;
        int starAt = -1;
        int starText = 0;
        // Greedy with one step back to the last star: linear in practice, never exponential.
        while (t < text.length()) {
            int width = p < pattern.length() ? widthOfMatch(p, text.charAt(t)) : 0;
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                starAt = p++;
                starText = t;
            } else if (width > 0) {
                p += width;
                t++;
            } else if (starAt >= 0) {
                p = starAt + 1;
                t = ++starText;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /** The length of the part of the pattern at {@code p} that matches the character; 0 when it does not. */
    private int widthOfMatch(int p, char character) {
        char wanted = pattern.charAt(p);
        if (wanted == '?') {
            return 1;
        }
        int end = wanted == '[' ? setEnd(pattern, p) : -1;
        if (end < 0) {
            return wanted == character ? 1 : 0;
        }
        return inSet(pattern.substring(p + 1, end), character) ? end + 1 - p : 0;
    }

    private static boolean inSet(String set, char character) {
        boolean negated = set.startsWith("!") || set.startsWith("^");
        boolean found = false;
        for (int i = negated ? 1 : 0; i < set.length(); i++) {
            boolean range = i + 2 < set.length() && set.charAt(i + 1) == '-';
            char last = range ? set.charAt(i + 2) : set.charAt(i);
            found |= character >= set.charAt(i) && character <= last;
            i += range ? 2 : 0;
        }
        return found != negated;
    }

    /** Where the set that opens at {@code open} closes; -1 when it is no set. */
    private static int setEnd(String text, int open) {
        int close = text.indexOf(']', open + 1);
        if (close <= open + 1) {
            return -1;
        }
        return text.substring(open + 1, close).indexOf('=') >= 0 ? -1 : close;
    }
}
