package dev.settle.core.wrapper;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitToken;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Who runs an attempt: what the wrapper wrote down before it started the item's command.
 *
 * @param index of the task in its submission
 * @param restart how often Slurm had started the job before
 * @param slurmJob the job that runs it, {@code 4711} or {@code 4711_3}; absent for local jobs
 * @param slurmNumber Slurm's own number of a task of an array; absent for other jobs
 * @param slurmCluster the cluster's name, as Slurm tells its jobs; absent for local jobs and in older records
 * @param boot the kernel's boot id: a pid means nothing after a reboot
 * @param pid the job's first process; the wrapper's own where it runs no other job
 * @param startTicks start of that process in clock ticks since boot: with the pid it names a process for ever
 * @param wrapperPid who waits for the job and writes its exit record
 * @param wrapperTicks start of that process
 * @param timeoutSeconds our own limit, when there is one
 */
public record StartRecord(
        SubmitToken token,
        int index,
        String item,
        int attempt,
        int restart,
        Optional<JobId> slurmJob,
        Optional<JobId> slurmNumber,
        Optional<String> slurmCluster,
        String host,
        String boot,
        long pid,
        long startTicks,
        long wrapperPid,
        long wrapperTicks,
        Instant startedAt,
        OptionalDouble timeoutSeconds) {

    /** The version of the records that this build reads and writes. */
    static final int VERSION = 1;

    private static final JobState RUNNING = JobState.alive("RUNNING", JobState.Phase.RUNNING);

    /**
     * Reads the start record of an attempt: under its own name while the attempt runs, from the exit record afterwards.
     *
     * @return empty when there is none yet, or it is just being written
     * @throws IOException when a file cannot be read or is no record
     */
    public static Optional<StartRecord> read(Path record) throws IOException {
        Optional<String> text = ExitRecord.content(JobWrapper.startRecord(record));
        if (text.isEmpty()) {
            text = ExitRecord.content(record);
        }
        if (text.isEmpty() || text.get().indexOf('\n') < 0) {
            return Optional.empty();
        }
        return Optional.of(parse(text.get().substring(0, text.get().indexOf('\n'))));
    }

    /**
     * Parses the first line of a record file.
     *
     * @throws MalformedRecordException when it is no record
     */
    public static StartRecord parse(String line) throws MalformedRecordException {
        try {
            return of(Json.parseObject(line));
        } catch (IOException | IllegalArgumentException | ArithmeticException e) {
            throw new MalformedRecordException("no start record: " + e.getMessage() + " in " + line, e);
        }
    }

    /** What this says of a job: it runs, or ran. */
    public JobObservation observation(JobId jobId, Instant at) {
        return JobObservation.of(Source.START_RECORD, at, jobId, RUNNING)
                .startedAt(Optional.of(startedAt))
                .node(Optional.of(host))
                .build();
    }

    static StartRecord of(Fields fields) throws IOException {
        int version = fields.integer("settle_record");
        if (version != VERSION) {
            throw new IOException("a record of version " + version + ", this settle reads version " + VERSION);
        }
        return new StartRecord(
                new SubmitToken(fields.text("token")),
                fields.integer("index"),
                fields.text("item"),
                fields.integer("attempt"),
                fields.integer("restart"),
                fields.optText("slurm_job").map(JobId::new),
                fields.optText("slurm_number").map(JobId::new),
                fields.optText("slurm_cluster").filter(JobId::isClusterName),
                fields.text("host"),
                fields.text("boot"),
                fields.longer("pid"),
                fields.longer("start_ticks"),
                fields.optLong("wrapper_pid").orElse(fields.longer("pid")),
                fields.optLong("wrapper_ticks").orElse(fields.longer("start_ticks")),
                fields.instant("started_at"),
                fields.optDouble("timeout_s"));
    }
}
