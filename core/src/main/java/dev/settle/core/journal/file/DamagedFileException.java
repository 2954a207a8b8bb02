package dev.settle.core.journal.file;

import java.io.IOException;
import java.nio.file.Path;

/** A file of a run that cannot be read, or that is not what was written: nothing is concluded from it. */
public class DamagedFileException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String file;

    /** @param what completes the sentence {@code FILE is damaged: ...} */
    public DamagedFileException(Path file, String what) {
        this(file, damaged(file, what), Worded.WHOLE);
    }

    /** The same, where something else was noticed first. */
    public DamagedFileException(Path file, Exception cause) {
        super(damaged(file, words(cause)), cause);
        this.file = file.toString();
    }

    /** Says that a message needs nothing added. */
    enum Worded {
        WHOLE
    }

    DamagedFileException(Path file, String message, Worded whole) {
        super(message);
        this.file = file.toString();
    }

    private static String damaged(Path file, String what) {
        return file + " is damaged: " + what;
    }

    private static String words(Exception cause) {
        String message = cause.getMessage();
        if (message == null) {
            return "it holds what cannot be (" + cause.getClass().getSimpleName() + ")";
        }
        // A parser quotes what it stumbled over, in several lines.
        return message.lines().findFirst().orElse(message);
    }

    /** Which file. */
    public final Path file() {
        return Path.of(file);
    }
}
