package dev.settle.core.scheduler;

import dev.settle.core.model.ItemReason;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler's state word with what it means to us.
 *
 * @param raw the word as it was said
 * @param phase where in its life the job is
 * @param reason what the word means for the item when the phase is an end; meaningless otherwise
 */
public record JobState(String raw, Phase phase, ItemReason reason) {

    /** Where in its life a job is. */
    public enum Phase {
        /** In the queue, held ones included. */
        WAITING,
        /** On its nodes, suspended ones included. */
        RUNNING,
        /** The user's code has ended or is being ended; the scheduler is not through with the job (COMPLETING). */
        ENDING,
        /** Ended, and the word says well; the exit code may still say otherwise. */
        COMPLETED,
        /** Ended badly, for good. */
        FAILED,
        /** Ended badly unless the scheduler starts it again (NODE_FAIL, PREEMPTED). */
        FAILED_UNLESS_REQUEUED,
        CANCELLED,
        /** This run of the job is over and the scheduler starts another one. */
        REQUEUED,
        /** A word that the table lacks: alive or not, we do not know. */
        UNKNOWN;

        public boolean isAlive() {
            return this == WAITING || this == RUNNING || this == ENDING;
        }

        public boolean isEnd() {
            return this == COMPLETED || this == FAILED || this == FAILED_UNLESS_REQUEUED || this == CANCELLED;
        }
    }

    /** By hand, as {@link #hashCode()}: a record's own are spun at their first use, which costs time and memory. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JobState state
                && phase == state.phase
                && reason == state.reason
                && raw.equals(state.raw);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }

    public static JobState alive(String raw, Phase phase) {
        return new JobState(raw, phase, ItemReason.OK);
    }

    public static JobState unknown(String raw) {
        return new JobState(raw, Phase.UNKNOWN, ItemReason.UNKNOWN_STATE);
    }
}
