package dev.settle.core.scheduler;

import java.nio.file.Path;

/** Where a job's output goes, as the scheduler knows it; both may be the same file. */
public record JobOutput(Path stdout, Path stderr) {}
