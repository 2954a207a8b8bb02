package dev.settle.core.journal.lease;

import java.util.OptionalLong;

/** The processes that the calling process can see. */
public interface ProcessTable {
    /** When a process began, as {@link DriverId#startedAt()}; empty when there is none, or only its zombie. */
    OptionalLong startedAt(long pid);
}
