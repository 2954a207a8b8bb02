package dev.settle.core.journal;

import java.io.IOException;

/** A journal uses a word that this settle does not know: a newer version wrote it. */
public final class UnknownWordException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String what;
    private final String word;

    UnknownWordException(String what, String word) {
        super("unknown " + what + " '" + word + "': a newer settle wrote it; use that one");
        this.what = what;
        this.word = word;
    }

    /**
     * The same trouble, told with the version that is known to have written the journal.
     *
     * @param version of settle, as the journal's first line names it
     */
    UnknownWordException(UnknownWordException cause, String version) {
        super(
                "unknown " + cause.what + " '" + cause.word + "' in a journal that settle " + version
                        + " began: a newer settle wrote it; use that one",
                cause);
        this.what = cause.what;
        this.word = cause.word;
    }

    /** What kind of word it is: {@code event}, {@code item state}. */
    public String what() {
        return what;
    }

    public String word() {
        return word;
    }
}
