package dev.settle.app.local;

import dev.settle.core.plan.ItemReason;
import dev.settle.core.port.CancelAnswer;
import dev.settle.core.port.ExitRecord;
import dev.settle.core.port.FindAnswer;
import dev.settle.core.port.JobId;
import dev.settle.core.port.JobState;
import dev.settle.core.port.JobState.Phase;
import dev.settle.core.port.JobWrapper;
import dev.settle.core.port.MalformedRecordException;
import dev.settle.core.port.Scheduler;
import dev.settle.core.port.SightAnswer;
import dev.settle.core.port.Sighting;
import dev.settle.core.port.Source;
import dev.settle.core.port.StartRecord;
import dev.settle.core.port.SubmitAnswer;
import dev.settle.core.port.SubmitRequest;
import dev.settle.core.port.SubmitToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
    /** A perl that dies so often is not tried again. */
    private static final int SERVERS_MAX = 3;

    /** How long a submission that waits for nothing may take; the starters have a bound of their own below this. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(40);

    /** A job whose start record is not found is looked for this long before it counts as vanished. */
    private static final Duration RECORD_SEARCH_MAX = Duration.ofSeconds(10);

    private static final String MARK = "SETTLE_JOB";

    private final JobWrapper wrapper;
    private final Map<String, String> variables;
    private final Clock clock;
    private final LocalJobs jobs;
    private final ProcessTable processes = ProcessTable.ofThisMachine();
    private final Map<JobId, Instant> unknownSince = new ConcurrentHashMap<>();
    private final Set<JobId> orphansAsked = ConcurrentHashMap.newKeySet();
    private volatile Consumer<JobId> endListener = id -> {};
    private final int places;
    /** Sent ahead of their turn, and not answered. */
    private final Set<SubmitToken> waiting = ConcurrentHashMap.newKeySet();
    /** Recalled while they did not wait: not sent yet, or started already. */
    private final Set<SubmitToken> recalled = new HashSet<>();

    private @Nullable Starter starter;
    private int servers;

    /**
     * The scheduler of one run.
     *
     * @param places how many jobs of this run run at once at most; the driver sends no more than that, but for those that
     *     wait for their turn
     * @param records the folder of the run's exit records
     * @param variables what jobs begin with, and where to look for tools
     */
    public LocalScheduler(JobWrapper wrapper, Path records, int places, Map<String, String> variables, Clock clock) {
        this.wrapper = wrapper;
        this.places = places;
        this.variables = Map.copyOf(variables);
        this.clock = clock;
        this.jobs = new LocalJobs(records);
    }

    /**
     * Has somebody told of a job as soon as its exit record is there.
     *
     * <p>Only of jobs that this driver started, and not of killed wrappers: those are found by asking.
     *
     * @param listener is called on a thread of the scheduler's and must not block
     */
    public void onEnd(Consumer<JobId> listener) {
        endListener = listener;
    }

    @Override
    public SubmitAnswer submit(SubmitRequest request) {
        CompletableFuture<SubmitAnswer> answer = new CompletableFuture<>();
        submit(request, answer::complete);
        try {
            return answer.get(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new SubmitAnswer.Unclear("interrupted while the job was being started");
        } catch (ExecutionException e) {
            throw new IllegalStateException("completed only with values", e);
        } catch (TimeoutException e) {
            return new SubmitAnswer.Unclear("no answer for " + ANSWER_MAX.toSeconds() + " s");
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
                starter().start(request, told);
            } else if (!startInItsTurn(request, told)) {
                told.accept(new StartAnswer.GivenBack("taken back before it was sent"));
            }
        } catch (IllegalArgumentException e) {
            waiting.remove(request.token());
            answer.accept(new SubmitAnswer.Refused(SubmitAnswer.Refusal.FOR_GOOD, String.valueOf(e.getMessage())));
        }
    }

    /** Sends a job that may wait, unless it was recalled or waiting is not safe any more. */
    private synchronized boolean startInItsTurn(SubmitRequest request, Consumer<StartAnswer> told) {
        Starter next = starter();
        // What runs under an earlier server takes places that the one of now does not know of.
        if (recalled.remove(request.token()) || servers > 1) {
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
                    case REFUSED -> refused(((StartAnswer.Refused) said).text());
                    case GIVEN_BACK ->
                        new SubmitAnswer.Refused(
                                SubmitAnswer.Refusal.GIVEN_BACK, ((StartAnswer.GivenBack) said).text());
                    case UNCLEAR -> new SubmitAnswer.Unclear(((StartAnswer.Unclear) said).text());
                });
    }

    @Override
    public synchronized void recall(Set<SubmitToken> tokens) {
        if (starter != null) {
            starter.recall(tokens);
        }
        tokens.stream().filter(token -> !waiting.contains(token)).forEach(recalled::add);
    }

    /** Another submission of the same attempt is for good: it must not run twice. The rest (no process, disk) passes. */
    private static SubmitAnswer refused(String text) {
        boolean elsewhere = text.contains("already started");
        boolean storage = text.startsWith("cannot write ")
                || text.startsWith("cannot create ")
                || text.endsWith("could not write a start record");
        return new SubmitAnswer.Refused(
                elsewhere
                        ? SubmitAnswer.Refusal.FOR_GOOD
                        : storage ? SubmitAnswer.Refusal.STORAGE : SubmitAnswer.Refusal.TEMPORARY,
                text);
    }

    private synchronized Starter starter() {
        if (starter instanceof JobServer server && !server.isAlive()) {
            starter = null;
        }
        if (starter == null && servers++ >= SERVERS_MAX) {
            starter = withShells();
        }
        if (starter == null) {
            starter = tool("perl", Optional.ofNullable(variables.get("SETTLE_PERL")))
                    .flatMap(perl -> JobServer.launch(perl, wrapper, places, variables, clock, this::ended))
                    .<Starter>map(server -> server)
                    .orElseGet(this::withShells);
        }
        return starter;
    }

    private Starter withShells() {
        return new ShellStarter(wrapper, tool("setsid", Optional.empty()), variables, this::ended);
    }

    /** A tool by what the user chose, at its usual place, or on PATH. */
    private Optional<Path> tool(String name, Optional<String> chosen) {
        List<String> places = new ArrayList<>();
        if (chosen.isPresent()) {
            places.add(chosen.get());
        } else {
            places.add("/usr/bin/" + name);
            for (String folder : variables.getOrDefault("PATH", "").split(":")) {
                places.add(folder + "/" + name);
            }
        }
        return places.stream()
                .filter(place -> place.startsWith("/"))
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    private void ended(long pid) {
        endListener.accept(new JobId(Long.toString(pid)));
    }

    /** Its start record tells, on whichever machine it was started. */
    @Override
    public FindAnswer find(SubmitRequest request, Instant since) {
        Path record = request.tasks().get(0).record();
        try {
            Optional<StartRecord> start = StartRecord.read(record);
            if (start.isEmpty() || !start.get().token().equals(request.token())) {
                return new FindAnswer.NotFound();
            }
            return jobs.know(record)
                    .<FindAnswer>map(id -> new FindAnswer.Found(List.of(id)))
                    .orElseGet(FindAnswer.NotFound::new);
        } catch (IOException e) {
            return new FindAnswer.NoAnswer("the start record cannot be read: " + e.getMessage());
        }
    }

    @Override
    public SightAnswer sight(Source.Role role, Set<JobId> ids) {
        Instant now = clock.instant();
        return switch (role) {
            case ACCOUNTING -> new SightAnswer.NotKept(Source.SACCT, now, "the local backend keeps no accounting");
            case CONTROLLER, EXIT_RECORD -> {
                Source source = role == Source.Role.CONTROLLER ? Source.PROCESS : Source.EXIT_RECORD;
                try {
                    yield look(source, ids, now);
                } catch (IOException e) {
                    yield new SightAnswer.NoAnswer(source, now, "records cannot be read: " + e.getMessage());
                }
            }
        };
    }

    private SightAnswer look(Source source, Set<JobId> ids, Instant now) throws IOException {
        Map<JobId, LocalJobs.Job> known = jobs.find(ids);
        Set<JobId> about = new HashSet<>();
        List<Sighting> sightings = new ArrayList<>();
        Map<JobId, String> silent = new HashMap<>();
        for (JobId id : ids) {
            LocalJobs.Job job = known.get(id);
            if (job == null && unknownFor(id, now).compareTo(RECORD_SEARCH_MAX) < 0) {
                silent.put(id, "the records do not have process " + id);
                continue;
            }
            try {
                if (job == null) {
                    sightings.add(vanished(id, now, "no record of it is left").build());
                } else if (source == Source.PROCESS) {
                    sightings.add(sight(id, job, now));
                } else {
                    ended(id, job, now).ifPresent(sightings::add);
                }
                about.add(id);
            } catch (NotHereException e) {
                silent.put(id, e.getMessage());
            }
        }
        return about.isEmpty() && !silent.isEmpty()
                ? new SightAnswer.NoAnswer(source, now, String.join("; ", new HashSet<>(silent.values())))
                : new SightAnswer.Answered(source, now, about, sightings);
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

    private Sighting sight(JobId id, LocalJobs.Job job, Instant now) throws IOException, NotHereException {
        Optional<Sighting> end = endedOrDamaged(id, job, now);
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
        List<Long> left = sameBoot ? leftOf(start) : List.of();
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
    private Optional<Sighting> endedOrDamaged(JobId id, LocalJobs.Job job, Instant now) throws IOException {
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

    private Optional<Sighting> ended(JobId id, LocalJobs.Job job, Instant now) throws IOException {
        Optional<Sighting> end = ExitRecord.read(job.record())
                .filter(record -> record.start().token().equals(job.start().token()))
                .map(record -> record.sighting(id, now));
        if (end.isPresent()) {
            jobs.hasEnded(id);
        }
        return end;
    }

    private static Sighting.Builder alive(JobId id, LocalJobs.Job job, Instant now, String word) {
        StartRecord start = job.start();
        return Sighting.of(Source.PROCESS, now, id, JobState.alive(word, Phase.RUNNING))
                .jobName(Optional.of(start.token().jobName(start.item())))
                .startedAt(Optional.of(start.startedAt()))
                .node(Optional.of(start.host()));
    }

    private static Sighting.Builder vanished(JobId id, Instant now, String note) {
        return Sighting.of(Source.PROCESS, now, id, new JobState("VANISHED", Phase.FAILED, ItemReason.LOST))
                .note(Optional.of(note));
    }

    private static Sighting.Builder rebooted(JobId id, Instant now) {
        return Sighting.of(Source.PROCESS, now, id, new JobState("REBOOTED", Phase.FAILED, ItemReason.NODE_FAILURE))
                .note(Optional.of("the machine was restarted while it ran"));
    }

    private static Sighting named(Sighting.Builder end, LocalJobs.Job job) {
        StartRecord start = job.start();
        return end.jobName(Optional.of(start.token().jobName(start.item())))
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
    private List<Long> leftOf(StartRecord start) {
        Set<Long> left = new TreeSet<>(processes.withVariable(MARK, start.token() + "." + start.index()));
        if (processes.isAlive(start.pid(), start.startTicks())) {
            left.add(start.pid());
        }
        return List.copyOf(left);
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
                Files.write(JobWrapper.cancelRequest(job.record()), new byte[0]);
            }
            ProcessHandle.of(start.wrapperPid()).ifPresent(ProcessHandle::destroy);
            return;
        }
        boolean again = !orphansAsked.add(id);
        for (long pid : leftOf(start)) {
            Optional<ProcessHandle> process = ProcessHandle.of(pid);
            if (again) {
                process.ifPresent(ProcessHandle::destroyForcibly);
            } else {
                process.ifPresent(ProcessHandle::destroy);
            }
        }
    }

    @Override
    public synchronized void close() {
        if (starter != null) {
            starter.close();
            starter = null;
        }
    }
}
