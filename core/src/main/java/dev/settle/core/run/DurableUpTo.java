package dev.settle.core.run;

/**
 * Proof that a run's journal has been forced to disk up to an entry. Only a journal makes one; what was decided is
 * performed and shown only against it.
 *
 * @param number of the last entry that is on disk; 0 for none
 */
public record DurableUpTo(long number) {
    public DurableUpTo {
        if (number < 0) {
            throw new IllegalArgumentException("no entry has the number " + number);
        }
    }

    /** Whether an entry is on disk. */
    public boolean covers(long entry) {
        return entry <= number;
    }
}
