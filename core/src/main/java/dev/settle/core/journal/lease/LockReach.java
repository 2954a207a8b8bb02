package dev.settle.core.journal.lease;

/** Whom a lock on a file of some file system keeps out. */
public enum LockReach {
    /** Everybody: the file system belongs to this machine alone. */
    LOCAL,
    /** Processes on all machines, as long as they can reach the file server. */
    CLUSTER,
    /** Processes on the same machine at best. */
    HOST
}
