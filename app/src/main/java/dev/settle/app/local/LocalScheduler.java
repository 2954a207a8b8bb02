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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * This machine as the scheduler of one run.
 *
 * <p>A job is its wrapper: a process in a session of its own, started through a server ({@link JobServer}) that neither
 * it nor the driver depends on. It is known by process id, start time and boot of the machine, all in its start record,
 * so that a number that was used again is nobody's job. How it ended is in its exit record. A wrapper that is gone
 * without one was killed: as long as processes of the job live, the job is alive ({@code ORPHANED}); after that it is
 * {@code VANISHED}, a failure whose exit code and signal nobody knows.
 *
 * <p>Requests have one task: there are no arrays here.
 */
public final class LocalScheduler implements Scheduler {
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
    private @Nullable Starter starter;

    /**
     * The scheduler of one run.
     *
     * @param records the folder of the run's exit records
     * @param variables the environment of this process: where to look for tools
     */
    public LocalScheduler(JobWrapper wrapper, Path records, Map<String, String> variables, Clock clock) {
        this.wrapper = wrapper;
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
        if (request.tasks().size() != 1) {
            throw new IllegalArgumentException("an array on the local backend: " + request.token());
        }
        StartAnswer answer;
        try {
            answer = starter().start(request);
        } catch (IllegalArgumentException e) {
            return new SubmitAnswer.Refused(SubmitAnswer.Refusal.FOR_GOOD, String.valueOf(e.getMessage()));
        }
        return switch (answer.kind()) {
            case STARTED -> accepted(request);
            case REFUSED -> refused(((StartAnswer.Refused) answer).text());
            case UNCLEAR -> new SubmitAnswer.Unclear(((StartAnswer.Unclear) answer).text());
        };
    }

    private SubmitAnswer accepted(SubmitRequest request) {
        try {
            Optional<JobId> id = jobs.know(request.tasks().get(0).record());
            return id.isPresent()
                    ? new SubmitAnswer.Accepted(List.of(id.get()), "process " + id.get())
                    : new SubmitAnswer.Unclear("its start record is gone");
        } catch (IOException e) {
            return new SubmitAnswer.Unclear("its start record cannot be read: " + e.getMessage());
        }
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
        if (starter == null) {
            starter = tool("perl", Optional.ofNullable(variables.get("SETTLE_PERL")))
                    .flatMap(perl -> JobServer.launch(perl, wrapper, this::ended))
                    .<Starter>map(server -> server)
                    .orElseGet(() -> new ShellStarter(wrapper, tool("setsid", Optional.empty()), this::ended));
        }
        return starter;
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
        if (sameBoot && processes.isAlive(start.pid(), start.startTicks())) {
            return alive(id, job, now, "RUNNING").build();
        }
        List<Long> left = sameBoot ? processes.withVariable(MARK, mark(start)) : List.of();
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

    private static String mark(StartRecord start) {
        return start.token() + "." + start.index();
    }

    /** Jobs here never wait: there is nothing to take back. */
    @Override
    public CancelAnswer withdraw(Set<JobId> ids) {
        return new CancelAnswer.Sent();
    }

    /** TERM to the wrappers, which end their trees; what a killed wrapper left gets TERM, and KILL the next time. */
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
                    end(id, job.start());
                }
            }
            return silent.isEmpty() ? new CancelAnswer.Sent() : new CancelAnswer.NoAnswer(String.join("; ", silent));
        } catch (IOException e) {
            return new CancelAnswer.NoAnswer("records cannot be read: " + e.getMessage());
        }
    }

    private void end(JobId id, StartRecord start) {
        if (processes.isAlive(start.pid(), start.startTicks())) {
            ProcessHandle.of(start.pid()).ifPresent(ProcessHandle::destroy);
            return;
        }
        boolean again = !orphansAsked.add(id);
        for (long pid : processes.withVariable(MARK, mark(start))) {
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
