package dev.settle.core.scheduler;

/**
 * Why a job waits.
 *
 * @param raw the scheduler's word
 */
public record WaitReason(String raw, Kind kind) {

    /** Slurm's scheduler has not looked at the job yet, or not again. */
    public boolean isNone() {
        return raw.isEmpty() || raw.equals("None");
    }

    /** What a pending reason means to us. */
    public enum Kind {
        /** Goes away by itself, or somebody else lifts it; shown and waited for. */
        PASSES,
        /** Held by the job's owner. */
        HELD_BY_USER,
        /** Held by an administrator. */
        HELD_BY_ADMIN,
        /** The allocation is spent. */
        CREDITS,
        /** No change of load will ever start it. */
        NEVER,
        /** A dependency that cannot come true any more. */
        DEPENDENCY_NEVER,
        /** A word that the table lacks; shown raw and waited for. */
        UNKNOWN
    }
}
