package dev.settle.core.journal;

import java.io.IOException;
import java.util.Optional;

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

    private UnknownWordException(UnknownWordException cause, String message) {
        super(message, cause);
        this.what = cause.what;
        this.word = cause.word;
    }

    /**
     * The same trouble, told with its place.
     *
     * @param version of the settle that began the journal, where that is known
     */
    public UnknownWordException in(String journal, long offset, Optional<String> version) {
        return new UnknownWordException(
                this,
                "journal " + journal + " has an unknown " + what + " '" + word + "' at byte " + offset
                        + version.map(v -> " (settle " + v + " began it)").orElse("")
                        + ": a newer settle wrote it; use that one");
    }

    /** What kind of word it is: {@code event}, {@code item state}. */
    public String what() {
        return what;
    }

    public String word() {
        return word;
    }
}
