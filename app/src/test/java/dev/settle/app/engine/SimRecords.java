package dev.settle.app.engine;

import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.ItemId;
import dev.settle.core.wrapper.JobWrapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The exit records that the wrappers of jobs leave in the run's folder. */
final class SimRecords implements SimCluster.Nodes {
    /** Slurm's own line may come so long after the exit record. */
    private static final int LINE_LATE_MILLIS_MAX = 12_000;

    private final RunFolder folder;
    private final SimTime.MachineClock clock;
    private final Runnable written;
    private final SimTime time;
    private final RandomGenerator random;
    private final Map<String, List<Path>> bySubmission = new HashMap<>();
    /** When a job wrote its first record. */
    private final Map<SimJob, Instant> writtenAt = new HashMap<>();

    /** @param written is run after each change that is not shown late, as network file systems do */
    SimRecords(RunFolder folder, SimTime time, SimTime.MachineClock clock, RandomGenerator random, Runnable written) {
        this.folder = folder;
        this.time = time;
        this.random = random;
        this.clock = clock;
        this.written = written;
    }

    /** The next item of a submission records its end here. */
    void of(String token, Path record) {
        bySubmission.computeIfAbsent(token, t -> new ArrayList<>()).add(record);
    }

    /** When the job's start record was there, whether settle has seen it or not. */
    Optional<Instant> writtenAt(SimJob job) {
        return Optional.ofNullable(writtenAt.get(job));
    }

    private Optional<Path> record(SimJob job) {
        List<Path> records = bySubmission.get(job.token);
        return records == null ? Optional.empty() : Optional.of(records.get(Math.max(0, job.task)));
    }

    /** The wrapper of a run puts aside what the run before it recorded, and says that it is there. */
    @Override
    public void started(SimJob job, SimJob.Run run) {
        Optional<Path> record = record(job);
        if (record.isEmpty()) {
            return;
        }
        Path start = JobWrapper.startRecord(record.get());
        String aside = record.get().getFileName() + JobWrapper.ASIDE + (run.restart - 1);
        moveIfThere(record.get(), aside);
        moveIfThere(start, aside + ".start");
        write(
                start,
                SimRecord.start(job, run, job.token, String.valueOf(record.get().getFileName())));
        changed();
        writtenAt.putIfAbsent(job, time.now());
        Instant end = run.end;
        time.at(end.plusMillis(random.nextInt(LINE_LATE_MILLIS_MAX)), () -> {
            if (run.fate == SimFate.CREDITS_SPENT && run.end.equals(end)) {
                output(String.valueOf(record.get().getFileName()));
            }
        });
    }

    /** Slurm's own words, as one of its versions writes them. */
    private void output(String record) {
        String before = random.nextBoolean() ? "slurmstepd-n1: error: " : "[2026-11-30T12:50:13.009] error: ";
        int dot = record.lastIndexOf('.');
        Path output = folder.stderr(new ItemId(record.substring(0, dot)), Integer.parseInt(record.substring(dot + 1)));
        try {
            Files.createDirectories(output.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        write(
                output,
                before + "*** JOB ON n1 CANCELLED DUE TO TIME LIMIT ***\n" + before
                        + "*** REASON: Job is at or exceeds association"
                        + " (acc=lab/user=(null)/part=(null)) group max TRES(billing) minutes of 1 with 8 ***\n");
    }

    @Override
    public void ended(SimJob job, SimJob.Run ended) {
        Optional<Path> record = record(job);
        if (ended.fate.record == SimFate.Record.NONE || record.isEmpty()) {
            return;
        }
        Path start = JobWrapper.startRecord(record.get());
        write(
                start,
                SimRecord.text(
                        job, ended, job.token, String.valueOf(record.get().getFileName())));
        move(start, record.get());
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void moveIfThere(Path from, String to) {
        if (Files.exists(from)) {
            move(from, from.resolveSibling(to));
        }
    }

    private void move(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            Files.setLastModifiedTime(to, FileTime.from(clock.instant()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        changed();
    }

    private void changed() {
        try {
            Files.setLastModifiedTime(folder.records(), FileTime.from(clock.instant()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (random.nextInt(10) != 0) {
            written.run();
        }
    }
}
