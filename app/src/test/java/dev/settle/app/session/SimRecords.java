package dev.settle.app.session;

import dev.settle.core.journal.file.RunFolder;
import dev.settle.core.plan.ItemId;
import dev.settle.core.port.JobWrapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The exit records that the wrappers of jobs leave in the run's folder. */
final class SimRecords implements SimCluster.Nodes {
    private final RunFolder folder;
    private final SimTime.MachineClock clock;
    private final Runnable written;
    private final Map<String, List<Path>> bySubmission = new HashMap<>();

    /** @param written is run after each change */
    SimRecords(RunFolder folder, SimTime.MachineClock clock, Runnable written) {
        this.folder = folder;
        this.clock = clock;
        this.written = written;
    }

    /** The next item of a submission records its end here. */
    void of(String token, Path record) {
        bySubmission.computeIfAbsent(token, t -> new ArrayList<>()).add(record);
    }

    private Optional<Path> record(SimJob job) {
        List<Path> records = bySubmission.get(token(job));
        return records == null ? Optional.empty() : Optional.of(records.get(Math.max(0, job.task)));
    }

    private static String token(SimJob job) {
        return job.name.substring(job.name.lastIndexOf('.') + 1);
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
                SimRecord.start(
                        job, run, token(job), String.valueOf(record.get().getFileName())));
        output(run, String.valueOf(record.get().getFileName()));
    }

    /** Slurm's own words, which nobody reads before the job has ended. */
    private void output(SimJob.Run run, String record) {
        if (run.fate != SimFate.CREDITS_SPENT) {
            return;
        }
        int dot = record.lastIndexOf('.');
        Path output = folder.stderr(new ItemId(record.substring(0, dot)), Integer.parseInt(record.substring(dot + 1)));
        try {
            Files.createDirectories(output.getParent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        write(
                output,
                "slurmstepd-n1: error: *** JOB ON n1 CANCELLED DUE TO TIME LIMIT ***\n"
                        + "slurmstepd-n1: error: *** REASON: Job is at or exceeds association"
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
                        job, ended, token(job), String.valueOf(record.get().getFileName())));
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
            Files.setLastModifiedTime(folder.records(), FileTime.from(clock.instant()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        written.run();
    }
}
