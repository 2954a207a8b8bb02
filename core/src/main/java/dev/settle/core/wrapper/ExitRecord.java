package dev.settle.core.wrapper;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.core.model.ItemReason;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.Usage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How a job ended, as the wrapper wrote it down in the job ({@link JobWrapper}).
 *
 * @param start who it was
 * @param exitCode of the item's command; absent beside a signal and when it could not be started
 * @param signal that ended the item's command
 * @param endedBy why the wrapper ended it, when it did
 * @param terminated the wrapper of a batch job got TERM or INT while it ran; who sent it and why is not known here
 * @param launchFailure why the command could not be started
 * @param usage elapsed and CPU time and the largest resident set of what the wrapper waited for
 */
public record ExitRecord(
        StartRecord start,
        Instant endedAt,
        OptionalInt exitCode,
        OptionalInt signal,
        Optional<EndedBy> endedBy,
        boolean terminated,
        Optional<String> launchFailure,
        Usage usage) {
    /** A record is two lines of some 400 bytes; a launch failure may quote a path twice. */
    static final int BYTES_MAX = 64 * 1024;

    /** Why the wrapper itself ended a job. */
    public enum EndedBy {
        /** The item's own timeout was over. */
        TIMEOUT("ended by the wrapper: its timeout was over"),
        /** The time limit was over, on this machine where no scheduler holds it. */
        TIME_LIMIT("ended by the wrapper: its time limit was over"),
        /** TERM to the wrapper of a local job. */
        CANCEL("ended by the wrapper, which was told to cancel");

        private final String note;

        EndedBy(String note) {
            this.note = note;
        }

        static EndedBy ofWord(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    public ExitRecord {
        if (exitCode.isPresent() && signal.isPresent()) {
            throw new IllegalArgumentException("an exit code and a signal: " + exitCode + " and " + signal);
        }
        if (exitCode.isEmpty() && signal.isEmpty() && launchFailure.isEmpty()) {
            throw new IllegalArgumentException("neither exit code nor signal nor launch failure");
        }
    }

    /**
     * Reads the record of an attempt.
     *
     * <p>The record is looked for under its own name, then as the second line of the start record: the wrapper forces
     * that line to disk before it renames the file, and a crash of the machine may undo the renaming.
     *
     * @return empty when the attempt has not ended as far as these files tell
     * @throws IOException when a file cannot be read or is no record
     */
    public static Optional<ExitRecord> read(Path record) throws IOException {
        Optional<String> text = content(record);
        if (text.isPresent()) {
            return Optional.of(parse(text.get()));
        }
        Optional<String> started = content(JobWrapper.startRecord(record));
        if (started.isEmpty() || started.get().indexOf('\n') == started.get().length() - 1) {
            // Between the two looks the job may have ended.
            text = content(record);
            return text.isPresent() ? Optional.of(parse(text.get())) : Optional.empty();
        }
        return started.get().endsWith("}\n") ? Optional.of(parse(started.get())) : Optional.empty();
    }

    /**
     * Parses the content of a record file; its last line is the end.
     *
     * @throws MalformedRecordException when it is cut short or is no record
     */
    public static ExitRecord parse(String text) throws MalformedRecordException {
        if (!text.endsWith("\n")) {
            throw new MalformedRecordException("exit record cut short after " + text.length() + " characters");
        }
        String line = text.substring(text.lastIndexOf('\n', text.length() - 2) + 1, text.length() - 1);
        try {
            return of(Json.parseObject(line));
        } catch (IOException | IllegalArgumentException | ArithmeticException e) {
            throw new MalformedRecordException("no exit record: " + e.getMessage() + " in " + line, e);
        }
    }

    private static ExitRecord of(Fields fields) throws IOException {
        if (!fields.text("kind").equals("end")) {
            throw new IOException("kind is not end");
        }
        StartRecord start = StartRecord.of(fields);
        Instant endedAt = fields.instant("ended_at");
        long elapsed = Math.max(0, Duration.between(start.startedAt(), endedAt).toSeconds());
        return new ExitRecord(
                start,
                endedAt,
                fields.optInt("exit_code"),
                fields.optInt("signal"),
                fields.optText("ended_by").map(EndedBy::ofWord),
                fields.flag("terminated"),
                fields.optText("launch_failure"),
                new Usage(
                        OptionalLong.of(elapsed),
                        fields.optDouble("cpu_s"),
                        fields.optLong("max_rss_bytes"),
                        OptionalInt.empty()));
    }

    /** What this says of a job. */
    public JobObservation observation(JobId jobId, Instant at) {
        return JobObservation.of(Source.EXIT_RECORD, at, jobId, state())
                .exitCode(exitCode)
                .signal(signal)
                .token(Optional.of(start.token()))
                .startedAt(Optional.of(start.startedAt()))
                .endedAt(Optional.of(endedAt))
                .node(Optional.of(start.host()))
                .usage(usage)
                .batchEnded()
                .terminated(terminated)
                .note(note())
                .build();
    }

    private JobState state() {
        if (launchFailure.isPresent()) {
            return new JobState("LAUNCH_FAILED", JobState.Phase.FAILED, ItemReason.LAUNCH_FAILURE);
        }
        if (endedBy.isPresent()) {
            return switch (endedBy.get()) {
                case TIMEOUT -> new JobState("TIMED_OUT", JobState.Phase.FAILED, ItemReason.TIMEOUT);
                case TIME_LIMIT -> new JobState("TIMEOUT", JobState.Phase.FAILED, ItemReason.TIME_LIMIT);
                // Whether it was us who asked is for those to say who know.
                case CANCEL -> new JobState("CANCELLED", JobState.Phase.CANCELLED, ItemReason.CANCELLED_BY_OTHER);
            };
        }
        if (signal.isPresent()) {
            return new JobState("FAILED", JobState.Phase.FAILED, ItemReason.SIGNAL);
        }
        return exitCode.orElse(-1) == 0
                ? new JobState("COMPLETED", JobState.Phase.COMPLETED, ItemReason.OK)
                : new JobState("FAILED", JobState.Phase.FAILED, ItemReason.EXIT_CODE);
    }

    private Optional<String> note() {
        if (launchFailure.isPresent()) {
            return launchFailure;
        }
        if (endedBy.isPresent()) {
            return Optional.of(endedBy.get().note);
        }
        return terminated ? Optional.of("the wrapper was told to end while it ran") : Optional.empty();
    }

    /** The content of a file of at most {@link #BYTES_MAX}; empty when there is none. */
    static Optional<String> content(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new MalformedRecordException(
                        file + " is longer than " + BYTES_MAX + " bytes: not an exit record");
            }
            return Optional.of(new String(bytes, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
