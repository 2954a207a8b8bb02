package dev.settle.slurm;

import dev.settle.core.port.SubmitToken;

/**
 * Named jobs searched for the one that carries a token.
 *
 * @param base the id of the job or the array; empty when none has it
 * @param garbled whether a row could not be read: then nothing says that there is no such job
 */
record JobSearch(String base, boolean garbled) {
    /** Reads what a tool said. */
    static JobSearch in(JobNames.Answer answer, SubmitToken token) {
        for (JobNames.Named job : answer.named()) {
            String base = ArrayIds.base(job.id());
            if (!base.isEmpty() && token.isIn(job.name())) {
                return new JobSearch(base, answer.unreadable() > 0);
            }
        }
        return new JobSearch("", answer.unreadable() > 0);
    }

    boolean isFound() {
        return !base.isEmpty();
    }
}
