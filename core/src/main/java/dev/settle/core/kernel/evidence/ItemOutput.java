package dev.settle.core.kernel.evidence;

import dev.settle.core.kernel.state.ItemFiles;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of the files of an item's attempt, and when they were read. */
final class ItemOutput {
    private @Nullable ItemFiles files;
    private boolean requested;
    private boolean beingRead;
    private @Nullable Instant lineAwaitedSince;
    private Instant lineReadAt = Instant.MIN;
    private boolean readAgain;

    /** Came with the exit record. */
    void found(ItemFiles found) {
        files = found;
    }

    /**
     * They were read at our request, for the first time or again.
     *
     * @return whether that had been requested
     */
    boolean read(ItemFiles later) {
        beingRead = false;
        if (requested) {
            files = files == null ? later : files.withLinesOf(later);
        }
        return requested;
    }

    Optional<ItemFiles> files() {
        return Optional.ofNullable(files);
    }

    /** Returns whether they were not requested before. */
    boolean request() {
        boolean first = !requested;
        requested = true;
        return first;
    }

    /** Whether a reading for Slurm's own line was requested and has not been answered: a disk may keep it waiting. */
    boolean isBeingRead() {
        return beingRead;
    }

    /** Slurm's own line may come after the exit record; returns whether it was not awaited before. */
    boolean awaitLine(Instant now) {
        boolean first = lineAwaitedSince == null;
        if (first) {
            lineAwaitedSince = now;
            lineReadAt = now;
        }
        return first;
    }

    /** When the line is no longer awaited. */
    Instant lineAwaitedUntil(Duration longest) {
        return lineAwaitedSince == null ? Instant.MIN : lineAwaitedSince.plus(longest);
    }

    /** Requests the output once more if the last reading is long enough ago; returns whether it did. */
    boolean requestLine(Instant now, Duration pause, Instant until) {
        boolean due = !now.isBefore(lineReadAt.plus(pause)) && lineReadAt.isBefore(until);
        if (due) {
            lineReadAt = now;
            requested = true;
            beingRead = true;
        }
        return due;
    }

    /** Requests the output once for a verdict that is corrected; returns whether it did. */
    boolean requestForCorrection() {
        boolean first = !readAgain;
        readAgain = true;
        requested |= first;
        beingRead |= first;
        return first;
    }
}
