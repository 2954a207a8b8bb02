package dev.settle.core.journal.file;

import dev.settle.core.file.StorageTrouble;

/** What became of entries that were to be written. */
public sealed interface WriteAnswer {
    Kind kind();

    /** Which of the three it is. */
    enum Kind {
        WRITTEN,
        FENCED,
        FAILED
    }

    /**
     * Everything that was handed over so far is on disk.
     *
     * @param dropped entries that had to be given up so that the run's end could be recorded; 0 but for the end
     */
    record Written(int dropped) implements WriteAnswer {
        @Override
        public Kind kind() {
            return Kind.WRITTEN;
        }
    }

    /** Another driver has the run: nothing counts as written, now or ever; leave, and act on nothing. */
    record Fenced() implements WriteAnswer {
        @Override
        public Kind kind() {
            return Kind.FENCED;
        }
    }

    /**
     * The disk refused. The journal is as it was; the entries are kept and go out with the next try.
     *
     * @param text what the system said, with the file
     * @param unwritten entries that wait
     */
    record Failed(StorageTrouble trouble, String text, int unwritten) implements WriteAnswer {
        @Override
        public Kind kind() {
            return Kind.FAILED;
        }
    }
}
