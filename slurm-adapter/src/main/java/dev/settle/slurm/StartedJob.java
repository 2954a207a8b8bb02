package dev.settle.slurm;

import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.wrapper.StartRecord;
import java.io.IOException;
import java.util.Optional;

/** What the jobs of a submission wrote down themselves. */
final class StartedJob {
    private StartedJob() {}

    /**
     * The job of the first task that has recorded its start, with its cluster where the record names one.
     *
     * @throws IOException when a record cannot be read: it may be of this submission
     */
    static Optional<JobId> jobOf(SubmitRequest request) throws IOException {
        for (SubmitRequest.Task task : request.tasks()) {
            Optional<JobId> job = StartRecord.read(task.record())
                    .filter(start -> start.token().equals(request.token()))
                    .flatMap(start -> start.slurmJob()
                            .map(each -> start.slurmCluster().map(each::on).orElse(each)));
            if (job.isPresent()) {
                return job;
            }
        }
        return Optional.empty();
    }
}
