package dev.settle.slurm;

import dev.settle.core.scheduler.SubmitToken;
import dev.settle.slurm.parse.ArrayIds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Jobs of the user searched for the one that was submitted with a token.
 *
 * @param found the jobs and tasks that have it, the submission itself first
 * @param garbled whether a row could not be read: then nothing says that there is no such job
 */
record JobSearch(List<JobNames.Named> found, boolean garbled) {
    /**
     * What a job's own script submits may have its comment, and even its batch script; but it comes later.
     */
    private static final Comparator<JobNames.Named> SUBMISSION_FIRST = Comparator.comparing(JobNames.Named::witness)
            .thenComparing(job -> job.submittedAt().orElse(Instant.MAX));

    /** Reads what a tool said. */
    static JobSearch in(JobNames.Answer answer, SubmitToken token) {
        List<JobNames.Named> found = new ArrayList<>();
        for (JobNames.Named job : answer.named()) {
            if (job.token().filter(token::equals).isPresent()
                    && !ArrayIds.base(job.id()).isEmpty()) {
                found.add(job);
            }
        }
        found.sort(SUBMISSION_FIRST);
        return new JobSearch(found, answer.unreadable() > 0);
    }

    /** The rows of both, where one source does not tell which of several jobs it is. */
    JobSearch and(JobSearch other) {
        List<JobNames.Named> both = new ArrayList<>(found);
        both.addAll(other.found);
        both.sort(SUBMISSION_FIRST);
        return new JobSearch(both, garbled || other.garbled);
    }

    boolean isFound() {
        return !found.isEmpty();
    }

    /** Whether several jobs have the token. */
    boolean isDoubtful() {
        return found.stream().map(job -> ArrayIds.base(job.id())).distinct().count() > 1;
    }

    /** The id of the job or the array. */
    String base() {
        return ArrayIds.base(found.get(0).id());
    }
}
