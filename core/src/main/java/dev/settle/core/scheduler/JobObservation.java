package dev.settle.core.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What one source said of one job at one time.
 *
 * @param at when it was said
 * @param exitCode absent when the source gave none; never a guess
 * @param signal the number of the signal that ended the job's script
 * @param waitReason why it waits, for waiting jobs
 * @param reason the source's own reason word, for ended jobs ({@code JobLaunchFailure}, {@code NonZeroExitCode})
 * @param jobName as the source has it
 * @param token of the submission that the source says the job is, if it is one of settle's
 * @param submittedAt differs from run to run of a requeued job
 * @param cancelledBy who cancelled it, as the source writes it (a user name or id)
 * @param timeLimit the job's time limit
 * @param partial whether the row is known to be incomplete (accounting's {@code allocation} rows)
 * @param batchEnded whether the source knows the end of the batch step, where the user's code ran
 * @param terminated whether the job was asked to end while it ran; how it ended may then not be its own doing
 * @param note further words worth keeping for people, such as {@code timed out} of the wrapper
 */
public record JobObservation(
        Source source,
        Instant at,
        JobId jobId,
        JobState state,
        OptionalInt exitCode,
        OptionalInt signal,
        Optional<WaitReason> waitReason,
        Optional<String> reason,
        Optional<String> jobName,
        Optional<SubmitToken> token,
        Optional<Instant> submittedAt,
        Optional<Instant> startedAt,
        Optional<Instant> endedAt,
        Optional<String> node,
        Optional<String> cancelledBy,
        Optional<Duration> timeLimit,
        Usage usage,
        boolean partial,
        boolean batchEnded,
        boolean terminated,
        Optional<String> note) {

    public static Builder of(Source source, Instant at, JobId jobId, JobState state) {
        return new Builder(source, at, jobId, state);
    }

    public Builder toBuilder() {
        Builder b = new Builder(source, at, jobId, state);
        b.exitCode = exitCode;
        b.signal = signal;
        b.waitReason = waitReason;
        b.reason = reason;
        b.jobName = jobName;
        b.token = token;
        b.submittedAt = submittedAt;
        b.startedAt = startedAt;
        b.endedAt = endedAt;
        b.node = node;
        b.cancelledBy = cancelledBy;
        b.timeLimit = timeLimit;
        b.usage = usage;
        b.partial = partial;
        b.batchEnded = batchEnded;
        b.terminated = terminated;
        b.note = note;
        return b;
    }

    /**
     * Whether it says the same as another one, leaving aside when, and how long the job has been running. Field by field,
     * because it is asked of each row of each answer.
     */
    public boolean saysTheSameAs(JobObservation other) {
        return source == other.source
                && jobId.equals(other.jobId)
                && state.equals(other.state)
                && exitCode.equals(other.exitCode)
                && signal.equals(other.signal)
                && waitReason.equals(other.waitReason)
                && reason.equals(other.reason)
                && jobName.equals(other.jobName)
                && token.equals(other.token)
                && submittedAt.equals(other.submittedAt)
                && startedAt.equals(other.startedAt)
                && endedAt.equals(other.endedAt)
                && node.equals(other.node)
                && cancelledBy.equals(other.cancelledBy)
                && timeLimit.equals(other.timeLimit)
                && partial == other.partial
                && batchEnded == other.batchEnded
                && terminated == other.terminated
                && note.equals(other.note);
    }

    /** Whether code or signal say that the job's script failed. */
    public boolean codeIsBad() {
        return exitCode.orElse(0) != 0 || signal.orElse(0) != 0;
    }

    /** Collects what is known; everything but the four facts of the constructor may be left out. */
    public static final class Builder {
        private final Source source;
        private Instant at;
        private JobId jobId;
        private JobState state;
        private OptionalInt exitCode = OptionalInt.empty();
        private OptionalInt signal = OptionalInt.empty();
        private Optional<WaitReason> waitReason = Optional.empty();
        private Optional<String> reason = Optional.empty();
        private Optional<String> jobName = Optional.empty();
        private Optional<SubmitToken> token = Optional.empty();
        private Optional<Instant> submittedAt = Optional.empty();
        private Optional<Instant> startedAt = Optional.empty();
        private Optional<Instant> endedAt = Optional.empty();
        private Optional<String> node = Optional.empty();
        private Optional<String> cancelledBy = Optional.empty();
        private Optional<Duration> timeLimit = Optional.empty();
        private Usage usage = Usage.NONE;
        private boolean partial;
        private boolean batchEnded;
        private boolean terminated;
        private Optional<String> note = Optional.empty();

        private Builder(Source source, Instant at, JobId jobId, JobState state) {
            this.source = source;
            this.at = at;
            this.jobId = jobId;
            this.state = state;
        }

        public Builder at(Instant value) {
            at = value;
            return this;
        }

        public Builder jobId(JobId value) {
            jobId = value;
            return this;
        }

        public Builder state(JobState value) {
            state = value;
            return this;
        }

        public Builder exitCode(int value) {
            exitCode = OptionalInt.of(value);
            return this;
        }

        public Builder exitCode(OptionalInt value) {
            exitCode = value;
            return this;
        }

        public Builder signal(int value) {
            signal = OptionalInt.of(value);
            return this;
        }

        public Builder signal(OptionalInt value) {
            signal = value;
            return this;
        }

        public Builder waitReason(Optional<WaitReason> value) {
            waitReason = value;
            return this;
        }

        public Builder reason(Optional<String> value) {
            reason = value;
            return this;
        }

        public Builder jobName(Optional<String> value) {
            jobName = value;
            return this;
        }

        public Builder token(Optional<SubmitToken> value) {
            token = value;
            return this;
        }

        public Builder submittedAt(Optional<Instant> value) {
            submittedAt = value;
            return this;
        }

        public Builder startedAt(Optional<Instant> value) {
            startedAt = value;
            return this;
        }

        public Builder endedAt(Optional<Instant> value) {
            endedAt = value;
            return this;
        }

        public Builder node(Optional<String> value) {
            node = value;
            return this;
        }

        public Builder cancelledBy(Optional<String> value) {
            cancelledBy = value;
            return this;
        }

        public Builder timeLimit(Optional<Duration> value) {
            timeLimit = value;
            return this;
        }

        public Builder usage(Usage value) {
            usage = value;
            return this;
        }

        /** Marks a row that is known to be incomplete. */
        public Builder partial() {
            partial = true;
            return this;
        }

        /** Marks that the end of the batch step is known. */
        public Builder batchEnded() {
            batchEnded = true;
            return this;
        }

        /** Marks that the job was asked to end while it ran. */
        public Builder terminated(boolean value) {
            terminated = value;
            return this;
        }

        public Builder note(Optional<String> value) {
            note = value;
            return this;
        }

        public JobObservation build() {
            return new JobObservation(
                    source,
                    at,
                    jobId,
                    state,
                    exitCode,
                    signal,
                    waitReason,
                    reason,
                    jobName,
                    token,
                    submittedAt,
                    startedAt,
                    endedAt,
                    node,
                    cancelledBy,
                    timeLimit,
                    usage,
                    partial,
                    batchEnded,
                    terminated,
                    note);
        }
    }
}
