package dev.settle.core.kernel.state;

import java.util.Map;
import java.util.Optional;

/**
 * What an item's attempt left in its files.
 *
 * @param metrics the numbers of SETTLE_RESULT
 * @param stop the item's own request to stop the run (SETTLE_STOP)
 * @param spentReason what Slurm's {@code *** REASON: ... ***} line in the job's output says of a spent limit on minutes
 * @param outOfMemory Slurm's out-of-memory line in the job's output
 * @param warning what was wrong with the files, for people
 */
public record ItemFiles(
        Map<String, Double> metrics,
        Optional<StopRequest> stop,
        Optional<String> spentReason,
        Optional<String> outOfMemory,
        Optional<String> warning) {
    public static final ItemFiles NONE =
            new ItemFiles(Map.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** The same with the lines of Slurm's that a later look at the output found. */
    public ItemFiles withLinesOf(ItemFiles later) {
        return new ItemFiles(
                metrics,
                stop,
                later.spentReason.or(() -> spentReason),
                later.outOfMemory.or(() -> outOfMemory),
                warning);
    }

    public ItemFiles {
        metrics = Map.copyOf(metrics);
    }

    /**
     * A SETTLE_STOP file.
     *
     * @param reason a word of the stop-reason table
     */
    public record StopRequest(String reason, Optional<String> message, Optional<String> link) {}
}
