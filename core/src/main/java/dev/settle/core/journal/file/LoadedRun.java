package dev.settle.core.journal.file;

import dev.settle.core.run.RunState;

/**
 * A run as its folder has it.
 *
 * @param state folded up to the last sound line
 * @param extent how far that is
 * @param snapshots writes the next snapshot, if the run is driven
 */
public record LoadedRun(RunState state, JournalReader.Extent extent, SnapshotKeeper snapshots) {}
