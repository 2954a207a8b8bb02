package dev.settle.app.local;

import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.ItemReason;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Source;
import dev.settle.core.wrapper.ExitRecord;
import dev.settle.core.wrapper.MalformedRecordException;
import dev.settle.core.wrapper.StartRecord;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** What the records and the process table say of jobs. */
final class LocalObservations {
    /** A job whose start record is not found is looked for this long before it counts as vanished. */
    private static final Duration RECORD_SEARCH_MAX = Duration.ofSeconds(10);

    private static final String MARK = "SETTLE_RESULT";

    private final LocalJobs jobs;
    private final ProcessTable processes;
    private final Clock clock;
    private final Map<JobId, Instant> unknownSince = new ConcurrentHashMap<>();

    LocalObservations(LocalJobs jobs, ProcessTable processes, Clock clock) {
        this.jobs = jobs;
        this.processes = processes;
        this.clock = clock;
    }

    /** What one role knows of these jobs. */
    QueryAnswer query(Source.Role role, Set<JobId> ids) {
        Instant now = clock.instant();
        return switch (role) {
            case ACCOUNTING -> new QueryAnswer.NotKept(Source.SACCT, now, "the local backend keeps no accounting");
            case CONTROLLER, EXIT_RECORD, START_RECORD -> {
                Source source = role == Source.Role.CONTROLLER ? Source.PROCESS : Source.EXIT_RECORD;
                try {
                    yield look(source, ids, now);
                } catch (IOException e) {
                    yield new QueryAnswer.NoAnswer(source, now, "records cannot be read: " + e.getMessage());
                }
            }
        };
    }

    private QueryAnswer look(Source source, Set<JobId> ids, Instant now) throws IOException {
        Map<JobId, LocalJobs.Job> known = jobs.find(ids);
        Set<JobId> about = new HashSet<>();
        List<JobObservation> observations = new ArrayList<>();
        Map<JobId, String> silent = new HashMap<>();
        for (JobId id : ids) {
            LocalJobs.Job job = known.get(id);
            if (job == null && unknownFor(id, now).compareTo(RECORD_SEARCH_MAX) < 0) {
                silent.put(id, "the records do not have process " + id);
                continue;
            }
            try {
                if (job == null) {
                    observations.add(
                            vanished(id, now, "no record of it is left").build());
                } else if (source == Source.PROCESS) {
                    observations.add(query(id, job, now));
                } else {
                    ended(id, job, now).ifPresent(observations::add);
                }
                about.add(id);
            } catch (NotHereException e) {
                silent.put(id, e.getMessage());
            }
        }
        return about.isEmpty() && !silent.isEmpty()
                ? new QueryAnswer.NoAnswer(source, now, String.join("; ", new HashSet<>(silent.values())))
                : new QueryAnswer.Answered(source, now, about, observations);
    }

    private Duration unknownFor(JobId id, Instant now) {
        Instant since = unknownSince.computeIfAbsent(id, unknown -> now);
        return Duration.between(since, now);
    }

    /** Nothing can be said of the job from this machine. */
    private static final class NotHereException extends Exception {
        private static final long serialVersionUID = 1;

        NotHereException(String message) {
            super(message);
        }
    }

    private JobObservation query(JobId id, LocalJobs.Job job, Instant now) throws IOException, NotHereException {
        Optional<JobObservation> end = endedOrDamaged(id, job, now);
        if (end.isPresent()) {
            return end.get();
        }
        StartRecord start = job.start();
        if (!start.host().equals(processes.host())) {
            throw new NotHereException("process " + id + " was started on " + start.host() + " and cannot be seen from "
                    + processes.host());
        }
        boolean sameBoot = start.boot().equals(processes.boot());
        if (sameBoot && !isOver(job) && processes.isAlive(start.wrapperPid(), start.wrapperTicks())) {
            return alive(id, job, now, "RUNNING").build();
        }
        List<Long> left = sameBoot ? leftOf(job) : List.of();
        // It may have ended since the first look; its record is there before it is gone.
        end = endedOrDamaged(id, job, now);
        if (end.isPresent()) {
            return end.get();
        }
        if (!left.isEmpty()) {
            endWhatIsOverdue(start, left, now);
            return alive(id, job, now, "ORPHANED")
                    .note(Optional.of("its wrapper was killed; of the job still run: " + left))
                    .build();
        }
        return named(sameBoot ? vanished(id, now, whyVanished(job)) : rebooted(id, now), job);
    }

    /** The exit record's word; a record that is none is no word, and then the process table has the last one. */
    private Optional<JobObservation> endedOrDamaged(JobId id, LocalJobs.Job job, Instant now) throws IOException {
        try {
            return ended(id, job, now);
        } catch (MalformedRecordException e) {
            return Optional.empty();
        }
    }

    /** Whether the wrapper has gone on to another job, though nobody can read what it wrote of this one. */
    private static boolean isOver(LocalJobs.Job job) throws IOException {
        try {
            ExitRecord.read(job.record());
            return false;
        } catch (MalformedRecordException e) {
            return job.start().wrapperPid() != job.start().pid();
        }
    }

    private static String whyVanished(LocalJobs.Job job) throws IOException {
        try {
            ExitRecord.read(job.record());
            return "its wrapper was killed and left no exit record";
        } catch (MalformedRecordException e) {
            return "its exit record is damaged: " + e.getMessage();
        }
    }

    private Optional<JobObservation> ended(JobId id, LocalJobs.Job job, Instant now) throws IOException {
        Optional<JobObservation> end = ExitRecord.read(job.record())
                .filter(record -> record.start().token().equals(job.start().token()))
                .map(record -> record.observation(id, now));
        if (end.isPresent()) {
            jobs.hasEnded(id);
        }
        return end;
    }

    private static JobObservation.Builder alive(JobId id, LocalJobs.Job job, Instant now, String word) {
        StartRecord start = job.start();
        return JobObservation.of(Source.PROCESS, now, id, JobState.alive(word, Phase.RUNNING))
                .token(Optional.of(start.token()))
                .startedAt(Optional.of(start.startedAt()))
                .node(Optional.of(start.host()));
    }

    private static JobObservation.Builder vanished(JobId id, Instant now, String note) {
        return JobObservation.of(Source.PROCESS, now, id, new JobState("VANISHED", Phase.FAILED, ItemReason.LOST))
                .note(Optional.of(note));
    }

    private static JobObservation.Builder rebooted(JobId id, Instant now) {
        return JobObservation.of(
                        Source.PROCESS, now, id, new JobState("REBOOTED", Phase.FAILED, ItemReason.NODE_FAILURE))
                .note(Optional.of("the machine was restarted while it ran"));
    }

    private static JobObservation named(JobObservation.Builder end, LocalJobs.Job job) {
        StartRecord start = job.start();
        return end.token(Optional.of(start.token()))
                .startedAt(Optional.of(start.startedAt()))
                .node(Optional.of(start.host()))
                .build();
    }

    /** The timeout is the wrapper's to hold; where it was killed, it is held here. */
    private static void endWhatIsOverdue(StartRecord start, List<Long> left, Instant now) {
        if (start.timeoutSeconds().isPresent()) {
            Duration limit = Duration.ofMillis((long) (start.timeoutSeconds().getAsDouble() * 1000));
            if (now.isAfter(start.startedAt().plus(limit))) {
                left.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            }
        }
    }

    /** What lives of a job without a wrapper: its first process, and whatever carries its mark. */
    List<Long> leftOf(LocalJobs.Job job) {
        StartRecord start = job.start();
        Set<Long> left = new TreeSet<>(
                processes.withVariable(MARK, RunFolder.resultOf(job.record()).toString()));
        if (processes.isAlive(start.pid(), start.startTicks())) {
            left.add(start.pid());
        }
        return List.copyOf(left);
    }
}
