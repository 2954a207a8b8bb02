package dev.settle.app.local;

import dev.settle.core.scheduler.JobId;
import dev.settle.core.wrapper.StartRecord;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The jobs of a run by their process id: those that this driver started, and those found in the records. */
final class LocalJobs {
    /** Ended jobs that are remembered in case they are asked about again; more are looked up in the records. */
    static final int ENDED_MAX = 10_000;

    private static final String START = ".start";

    /** One attempt and the folder entry of its record. */
    record Job(StartRecord start, Path record) {}

    /** Where the start record of a job that this driver started lies; it is read when somebody asks about the job. */
    private final Map<JobId, Path> unread = new HashMap<>();

    private final Path records;
    private final Map<JobId, Job> jobs = new HashMap<>();
    private final Set<JobId> ended = new HashSet<>();

    LocalJobs(Path records) {
        this.records = records;
    }

    /** Remembers an attempt that has a start record; empty when it has none. */
    synchronized Optional<JobId> know(Path record) throws IOException {
        Optional<StartRecord> start = StartRecord.read(record);
        if (start.isEmpty()) {
            return Optional.empty();
        }
        JobId id = new JobId(Long.toString(start.get().pid()));
        // A process id that comes up again is another job; the earlier one has ended.
        jobs.put(id, new Job(start.get(), record));
        unread.remove(id);
        ended.remove(id);
        return Optional.of(id);
    }

    /** Remembers an attempt that was started just now. */
    synchronized JobId started(long pid, Path record) {
        JobId id = new JobId(Long.toString(pid));
        jobs.remove(id);
        unread.put(id, record);
        ended.remove(id);
        return id;
    }

    /** Remembers that the job's end was told. */
    synchronized void hasEnded(JobId id) {
        ended.add(id);
        if (ended.size() > ENDED_MAX) {
            jobs.keySet().removeAll(ended);
            ended.clear();
        }
    }

    /**
     * The jobs of these ids, those of a driver before this one included.
     *
     * @throws IOException when the records cannot be looked at
     */
    synchronized Map<JobId, Job> find(Set<JobId> ids) throws IOException {
        for (JobId id : ids) {
            Path record = unread.remove(id);
            if (record != null) {
                know(record);
            }
        }
        if (!jobs.keySet().containsAll(ids)) {
            Set<JobId> missing = new HashSet<>(ids);
            missing.removeAll(jobs.keySet());
            // What still runs is among the start records, which are few.
            search(missing, "*" + START);
            if (!missing.isEmpty()) {
                search(missing, "*");
            }
        }
        Map<JobId, Job> found = new HashMap<>();
        for (JobId id : ids) {
            Job job = jobs.get(id);
            if (job != null) {
                found.put(id, job);
            }
        }
        return found;
    }

    private void search(Set<JobId> missing, String pattern) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(records, pattern)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                Path record = name.endsWith(START)
                        ? entry.resolveSibling(name.substring(0, name.length() - START.length()))
                        : entry;
                Optional<StartRecord> start = startOf(record);
                if (start.isPresent()) {
                    JobId id = new JobId(Long.toString(start.get().pid()));
                    Job known = jobs.get(id);
                    boolean newer = known == null
                            || known.start().startedAt().isBefore(start.get().startedAt());
                    if (missing.contains(id) && newer) {
                        jobs.put(id, new Job(start.get(), record));
                    }
                }
            }
            missing.removeAll(jobs.keySet());
        } catch (NoSuchFileException e) {
            // No job has ever started.
            return;
        }
    }

    /** What is no record (the job file of a shell, a file that is just being written) is passed over. */
    private static Optional<StartRecord> startOf(Path record) {
        try {
            return StartRecord.read(record);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
