package dev.settle.app.crash;

import dev.settle.core.model.ItemReason;
import dev.settle.core.scheduler.CancelAnswer;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.LookupAnswer;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Scheduler;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.scheduler.Urgency;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A cluster that outlives drivers: jobs run at the second look, the answer to every third submission is lost, and
 * accounting knows a job's end one question late.
 */
final class Cluster implements Scheduler {
    /** How an item's attempt ends, by {@code ITEM.ATTEMPT}; 0 where nothing is said. */
    private final Map<String, Integer> exitCodes;

    private final Clock clock;
    private final Map<JobId, Job> jobs = new LinkedHashMap<>();
    private final Map<SubmitToken, List<JobId>> tokens = new HashMap<>();
    private final List<String> ran = new ArrayList<>();
    private int submissions;

    private static final class Job {
        private final SubmitToken token;
        private final int exitCode;
        private final Instant submittedAt;
        private int looks;
        private int questions;

        Job(SubmitToken token, int exitCode, Instant submittedAt) {
            this.token = token;
            this.exitCode = exitCode;
            this.submittedAt = submittedAt;
        }
    }

    Cluster(Map<String, Integer> exitCodes, Clock clock) {
        this.exitCodes = Map.copyOf(exitCodes);
        this.clock = clock;
    }

    /** {@code ITEM.ATTEMPT} of every job that was accepted. */
    synchronized List<String> ran() {
        return List.copyOf(ran);
    }

    @Override
    public synchronized SubmitAnswer submit(SubmitRequest request) {
        submissions++;
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < request.tasks().size(); i++) {
            SubmitRequest.Task task = request.tasks().get(i);
            String attempt = task.itemId() + "." + task.attempt();
            JobId id = new JobId(request.tasks().size() == 1 ? "" + submissions : submissions + "_" + i);
            ids.add(id);
            ran.add(attempt);
            jobs.put(id, new Job(request.token(), exitCodes.getOrDefault(attempt, 0), clock.instant()));
        }
        tokens.put(request.token(), ids);
        return submissions % 3 == 0
                ? SubmitAnswer.Unclear.silent("Socket timed out on send/recv operation")
                : new SubmitAnswer.Accepted(ids, "" + submissions);
    }

    @Override
    public synchronized LookupAnswer find(SubmitRequest request, Instant since) {
        List<JobId> found = tokens.get(request.token());
        return found == null ? new LookupAnswer.NotFound() : new LookupAnswer.Found(found);
    }

    @Override
    public synchronized QueryAnswer query(Source.Role role, Set<JobId> about, Urgency urgency) {
        Source source = role == Source.Role.ACCOUNTING ? Source.SACCT : Source.SQUEUE;
        List<JobObservation> observations = new ArrayList<>();
        for (JobId id : about) {
            Job job = jobs.get(id);
            if (job != null && (source == Source.SQUEUE || (job.looks > 1 && ++job.questions > 1))) {
                observations.add(observation(source, id, job));
            }
        }
        return new QueryAnswer.Answered(source, clock.instant(), about, observations);
    }

    private JobObservation observation(Source source, JobId id, Job job) {
        boolean over = source == Source.SACCT || ++job.looks > 1;
        JobState state = !over
                ? JobState.alive("RUNNING", JobState.Phase.RUNNING)
                : job.exitCode == 0
                        ? new JobState("COMPLETED", JobState.Phase.COMPLETED, ItemReason.OK)
                        : new JobState("FAILED", JobState.Phase.FAILED, ItemReason.EXIT_CODE);
        return JobObservation.of(source, clock.instant(), id, state)
                .token(Optional.of(job.token))
                .submittedAt(Optional.of(job.submittedAt))
                .exitCode(over ? OptionalInt.of(job.exitCode) : OptionalInt.empty())
                .build();
    }

    @Override
    public CancelAnswer withdraw(Set<JobId> ids) {
        throw new AssertionError("jobs were taken back: " + ids);
    }

    @Override
    public CancelAnswer cancel(Set<JobId> ids) {
        throw new AssertionError("jobs were cancelled: " + ids);
    }
}
