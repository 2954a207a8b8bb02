package dev.settle.core.journal.file;

import java.nio.file.Path;

/** A journal that cannot be believed: a line that was once whole is broken, or the lines contradict each other. */
public final class DamagedJournalException extends DamagedFileException {
    private static final long serialVersionUID = 1L;

    private final long offset;

    DamagedJournalException(Path journal, long offset, String what) {
        super(
                journal,
                "journal " + journal + " is damaged at byte " + offset + " (" + what + "); nothing was changed",
                Worded.WHOLE);
        this.offset = offset;
    }

    DamagedJournalException(Path journal, long offset, Exception cause) {
        this(journal, offset, String.valueOf(cause.getMessage()));
        initCause(cause);
    }

    /** Where the damage begins, in bytes. */
    public long offset() {
        return offset;
    }
}
