package dev.settle.core.scheduler;

import java.util.Optional;

/**
 * Whose allocation is asked about: that of a job, or that of a request which has become none.
 *
 * @param account as the request named it; counts where the job is not known any more
 * @param qos the same
 */
public record ChargedAllocation(Optional<JobId> job, Optional<String> account, Optional<String> qos) {}
