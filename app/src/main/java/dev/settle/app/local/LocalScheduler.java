package dev.settle.app.local;

import dev.settle.app.local.jobserver.JobLauncher;
import dev.settle.app.local.jobserver.JobServer;
import dev.settle.app.local.jobserver.NoProcessException;
import dev.settle.app.local.jobserver.StartAnswer;
import dev.settle.core.environment.JobOrigin;
import dev.settle.core.file.OwnFiles;
import dev.settle.core.scheduler.CancelAnswer;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.LookupAnswer;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Scheduler;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.scheduler.Urgency;
import dev.settle.core.wrapper.JobWrapper;
import dev.settle.core.wrapper.StartRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * This machine as the scheduler of one run.
 *
 * <p>A job is a process in a session of its own under a wrapper, a worker of a server ({@link JobServer}); neither needs
 * the driver. It is known by process id, start time and boot of the machine, all in its start record, so that a number
 * that was used again is nobody's job. How it ended is in its exit record, which the wrapper writes. Where the wrapper
 * was killed, the job is alive as long as processes of it live ({@code ORPHANED}); after that it is {@code VANISHED}, a
 * failure whose exit code and signal nobody knows.
 *
 * <p>Jobs that are sent ahead of their turn ({@link SubmitRequest#throttle}) wait in the server, which starts the next one
 * when one ends. They are answered when they start.
 *
 * <p>Requests have one task: there are no arrays here.
 */
public final class LocalScheduler implements Scheduler {
    /** How long a submission that waits for nothing may take; the starters have a bound of their own below this. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(40);

    private final LocalJobs jobs;
    private final ProcessTable processes = ProcessTable.ofThisMachine();
    private final LocalObservations observationHandler;
    private final LocalExits ends;
    private final JobLaunchers starters;
    private final Set<JobId> orphansAsked = ConcurrentHashMap.newKeySet();
    /** Sent ahead of their turn, and not answered. */
    private final Set<SubmitToken> waiting = ConcurrentHashMap.newKeySet();
    /** Recalled while they did not wait: not sent yet, or started already. */
    private final Set<SubmitToken> recalled = new HashSet<>();

    /**
     * The scheduler of one run.
     *
     * @param places how many jobs of this run run at once at most; the driver sends no more than that, but for those that
     *     wait for their turn
     * @param records the folder of the run's exit records
     * @param origin what jobs begin with, and where to look for tools
     */
    public LocalScheduler(JobWrapper wrapper, Path records, int places, JobOrigin origin, Clock clock) {
        this(wrapper, records, places, origin, Optional.empty(), clock);
    }

    /**
     * The scheduler of one run whose jobs read something.
     *
     * @param input what they read, as {@link JobServer#launch} has it
     */
    public LocalScheduler(
            JobWrapper wrapper, Path records, int places, JobOrigin origin, Optional<Path> input, Clock clock) {
        this.jobs = new LocalJobs(records);
        this.observationHandler = new LocalObservations(jobs, processes, clock);
        this.ends = new LocalExits(observationHandler);
        this.starters = new JobLaunchers(wrapper, places, origin, input, clock, ends);
    }

    /** Tells of jobs that this driver started; those of a driver before it are found by asking. */
    @Override
    public boolean listen(Listener listener) {
        ends.tell(listener);
        return true;
    }

    @Override
    public SubmitAnswer submit(SubmitRequest request) {
        CompletableFuture<SubmitAnswer> answer = new CompletableFuture<>();
        submit(request, answer::complete);
        try {
            return answer.get(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return SubmitAnswer.Unclear.silent("interrupted while the job was being started");
        } catch (ExecutionException e) {
            throw new IllegalStateException("completed only with values", e);
        } catch (TimeoutException e) {
            return SubmitAnswer.Unclear.silent("no answer for " + ANSWER_MAX.toSeconds() + " s");
        }
    }

    /** What waits starts in the order in which it was sent. */
    @Override
    public int submitsAtOnce() {
        return 1;
    }

    @Override
    public void submit(SubmitRequest request, Consumer<SubmitAnswer> answer) {
        if (request.tasks().size() != 1) {
            throw new IllegalArgumentException("an array on the local backend: " + request.token());
        }
        Consumer<StartAnswer> told = said -> answered(request, said, answer);
        try {
            if (request.throttle() == 0) {
                starters.now().start(request, told);
            } else if (!startInItsTurn(request, told)) {
                told.accept(new StartAnswer.Refused(SubmitAnswer.Refusal.GIVEN_BACK, "taken back before it was sent"));
            }
        } catch (NoProcessException e) {
            told.accept(new StartAnswer.Refused(SubmitAnswer.Refusal.NO_PROCESS, String.valueOf(e.getMessage())));
        } catch (IllegalArgumentException e) {
            waiting.remove(request.token());
            answer.accept(new SubmitAnswer.Refused(SubmitAnswer.Refusal.FOR_GOOD, String.valueOf(e.getMessage())));
        }
    }

    /** Sends a job that may wait, unless it was recalled or waiting is not safe any more. */
    private synchronized boolean startInItsTurn(SubmitRequest request, Consumer<StartAnswer> told)
            throws NoProcessException {
        JobLauncher next = starters.now();
        // What runs under an earlier server takes places that the one of now does not know of.
        if (recalled.remove(request.token()) || starters.isLater()) {
            return false;
        }
        waiting.add(request.token());
        next.start(request, told);
        return true;
    }

    private void answered(SubmitRequest request, StartAnswer said, Consumer<SubmitAnswer> answer) {
        waiting.remove(request.token());
        answer.accept(
                switch (said.kind()) {
                    case STARTED -> {
                        long pid = ((StartAnswer.Started) said).pid();
                        JobId id = jobs.started(pid, request.tasks().get(0).record());
                        yield new SubmitAnswer.Accepted(List.of(id), "process " + id);
                    }
                    case REFUSED -> {
                        StartAnswer.Refused refused = (StartAnswer.Refused) said;
                        yield new SubmitAnswer.Refused(refused.refusal(), refused.text());
                    }
                    case UNCLEAR -> SubmitAnswer.Unclear.silent(((StartAnswer.Unclear) said).text());
                });
    }

    @Override
    public synchronized void recall(Set<SubmitToken> tokens) {
        starters.recall(tokens);
        tokens.stream().filter(token -> !waiting.contains(token)).forEach(recalled::add);
    }

    /** Its start record tells, on whichever machine it was started. */
    @Override
    public LookupAnswer find(SubmitRequest request, Instant since) {
        Path record = request.tasks().get(0).record();
        try {
            Optional<StartRecord> start = StartRecord.read(record);
            if (start.isEmpty() || !start.get().token().equals(request.token())) {
                return new LookupAnswer.NotFound();
            }
            return jobs.know(record)
                    .<LookupAnswer>map(id -> new LookupAnswer.Found(List.of(id)))
                    .orElseGet(LookupAnswer.NotFound::new);
        } catch (IOException e) {
            return new LookupAnswer.NoAnswer("the start record cannot be read: " + e.getMessage());
        }
    }

    @Override
    public QueryAnswer query(Source.Role role, Set<JobId> ids, Urgency urgency) {
        return observationHandler.query(role, ids);
    }

    /** Jobs here never wait: there is nothing to take back. */
    @Override
    public CancelAnswer withdraw(Set<JobId> ids) {
        return new CancelAnswer.Sent(Set.of());
    }

    /** Asks the wrappers to end their trees; what a killed wrapper left gets TERM, and KILL the next time. */
    @Override
    public CancelAnswer cancel(Set<JobId> ids) {
        try {
            Map<JobId, LocalJobs.Job> known = jobs.find(ids);
            List<String> silent = new ArrayList<>();
            for (JobId id : ids) {
                LocalJobs.Job job = known.get(id);
                if (job == null) {
                    silent.add("the records do not have process " + id);
                } else if (!job.start().host().equals(processes.host())) {
                    silent.add(
                            "process " + id + " was started on " + job.start().host() + "; cancel it there");
                } else if (job.start().boot().equals(processes.boot())) {
                    end(id, job);
                }
            }
            return silent.isEmpty()
                    ? new CancelAnswer.Sent(Set.of())
                    : new CancelAnswer.NoAnswer(String.join("; ", silent));
        } catch (IOException e) {
            return new CancelAnswer.NoAnswer("records cannot be read: " + e.getMessage());
        }
    }

    private void end(JobId id, LocalJobs.Job job) throws IOException {
        StartRecord start = job.start();
        if (processes.isAlive(start.wrapperPid(), start.wrapperTicks())) {
            if (start.wrapperPid() != start.pid()) {
                OwnFiles.write(JobWrapper.cancelRequest(job.record()), new byte[0]);
            }
            ProcessHandle.of(start.wrapperPid()).ifPresent(ProcessHandle::destroy);
            return;
        }
        boolean again = !orphansAsked.add(id);
        for (long pid : observationHandler.leftOf(job)) {
            Optional<ProcessHandle> process = ProcessHandle.of(pid);
            if (again) {
                process.ifPresent(ProcessHandle::destroyForcibly);
            } else {
                process.ifPresent(ProcessHandle::destroy);
            }
        }
    }

    @Override
    public void close() {
        starters.close();
    }
}
