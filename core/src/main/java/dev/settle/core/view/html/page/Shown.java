package dev.settle.core.view.html.page;

import dev.settle.core.view.Text;

/** Text of jobs and people as a page shows it: in one line, and no longer than anybody reads. */
final class Shown {
    /** Longer messages end in dots; the whole stands in {@code --json}. */
    private static final int CHARACTERS_MAX = 400;

    private Shown() {}

    static String words(String text) {
        String clean = Text.clean(text);
        if (clean.length() <= CHARACTERS_MAX) {
            return clean;
        }
        int end = Character.isHighSurrogate(clean.charAt(CHARACTERS_MAX - 1)) ? CHARACTERS_MAX - 1 : CHARACTERS_MAX;
        return clean.substring(0, end) + "...";
    }
}
