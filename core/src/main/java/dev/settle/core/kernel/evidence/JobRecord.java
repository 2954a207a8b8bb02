package dev.settle.core.kernel.evidence;

import dev.settle.core.kernel.state.ItemFiles;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.SubmitToken;

/**
 * A start or exit record of an item's job.
 *
 * @param token the submission that the record belongs to
 * @param restarts how often the scheduler had started the job again
 * @param files what the attempt left in its files; empty for a start record
 */
public record JobRecord(SubmitToken token, int restarts, JobObservation observation, ItemFiles files) {}
