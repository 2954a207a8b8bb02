package dev.settle.core.kernel;

import dev.settle.core.scheduler.LimitUsageAnswer;
import dev.settle.core.scheduler.WaitReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel remembers of a live item beyond the journal: how fresh its evidence is. Lost with the driver and
 * gathered anew by the next one, which therefore never concludes from a silence that it did not hear itself.
 */
final class LiveItemState {
    /** The newest answer of the controller did not list the job. */
    boolean absent;

    /** Since when no answer has listed the job. */
    Optional<Instant> absentSince = Optional.empty();

    /** When an answer listed the job last. */
    Optional<Instant> listedAt = Optional.empty();

    /** When the question was asked that the controller answered last, whatever it said of the job. */
    Optional<Instant> controllerAnsweredAt = Optional.empty();

    /** The last end of a question to the controller that was not answered. */
    Optional<Instant> controllerSilentAt = Optional.empty();

    /** The last end of a question to accounting that was not answered. */
    Optional<Instant> accountingSilentAt = Optional.empty();

    /** The newest reason to wait, and in how many answers in a row it stood; answers without a reason are left out. */
    Optional<WaitReason.Kind> waitKind = Optional.empty();

    int waitAnswers;

    /** Made when it is first asked for: of 100,000 items that wait or run, hardly one is near its end. */
    private @Nullable End end;

    /** What is remembered of an item whose end, loss or cancellation is in query. */
    static final class End {
        /** When the item left the queue under this driver's eyes; it takes up none that settle already. */
        Optional<Instant> leftAt = Optional.empty();

        /**
         * Since the item left the queue: when the controller first said that the job has ended or that it has it no more,
         * as the journal is stamped.
         */
        Optional<Instant> heardSinceLeft = Optional.empty();

        /** When an end was said last, by accounting or by the exit record. */
        Optional<Instant> saidAt = Optional.empty();

        /** Answers without a row of the job, since the item left the queue. */
        int accountingEmptyAnswers;

        /** Since when accounting has given no other answers than such. */
        Optional<Instant> accountingEmptySince = Optional.empty();

        /** When the question about the job was asked that accounting answered last. */
        Optional<Instant> accountingAnsweredAt = Optional.empty();

        /** How long every source answered, and none knew the job. */
        Duration unknownFor = Duration.ZERO;

        Optional<Instant> unknownAt = Optional.empty();

        /** Since when an end stands that a requeue may still undo. */
        Optional<Instant> requeueOpenSince = Optional.empty();

        /** Until when an end waits for the details that another source has. */
        Optional<Instant> detailUntil = Optional.empty();

        /** Extra questions to the controller about this item's end, where nobody keeps accounting. */
        int controllerLooks;

        /** An exit record that was there before the answer to the submission. */
        Optional<Input.RecordSeen> earlyRecord = Optional.empty();

        /** A start record that was there before the answer to the submission. */
        Optional<Input.StartSeen> earlyStart = Optional.empty();

        /** The records were asked for once more since the item left the queue, and the answer came. */
        boolean recordsAsked;

        boolean recordsRead;

        /** Since when the output of an early TIMEOUT is read again for Slurm's own line, and when it was read last. */
        Optional<Instant> lineAwaitedSince = Optional.empty();

        Instant lineReadAt = Instant.MIN;

        /** The output was read once more for a verdict that is corrected. */
        boolean readAgain;

        Optional<ItemFiles> files = Optional.empty();
        boolean filesAsked;
        Optional<LimitUsageAnswer> spend = Optional.empty();
        int spendQuestions;
        boolean spendAsked;
        Instant spendNotBefore = Instant.MIN;
        boolean generatedAsked;
        boolean generatedAccepted;
        Optional<Instant> cancelSentAt = Optional.empty();

        /** When the scheduler took a cancellation. */
        Optional<Instant> cancelTakenAt = Optional.empty();

        /** The scheduler listed the job as waiting right before it took a cancellation. */
        boolean waitedWhenCancelled;

        int cancels;

        /** Rows of accounting that were looked for in vain since the verdict. */
        int measureTries;

        private void counted() {
            leftAt = Optional.empty();
            heardSinceLeft = Optional.empty();
            accountingEmptyAnswers = 0;
            accountingEmptySince = Optional.empty();
            accountingAnsweredAt = Optional.empty();
            controllerLooks = 0;
            recordsAsked = false;
            recordsRead = false;
        }

        private void restarted() {
            saidAt = Optional.empty();
            waitedWhenCancelled = false;
            requeueOpenSince = Optional.empty();
            detailUntil = Optional.empty();
            files = Optional.empty();
            filesAsked = false;
            lineAwaitedSince = Optional.empty();
            readAgain = false;
            spend = Optional.empty();
            spendQuestions = 0;
            spendAsked = false;
            spendNotBefore = Instant.MIN;
            generatedAsked = false;
            generatedAccepted = false;
            counted();
        }
    }

    /** To be asked for only of items whose end, loss or cancellation is in query: it is kept from then on. */
    End end() {
        if (end == null) {
            end = new End();
        }
        return end;
    }

    /** Whether every source answered of late, and none knew the job. */
    boolean isUnknown() {
        return end != null && end.unknownAt.isPresent();
    }

    boolean isSpendAsked() {
        return end != null && end.spendAsked;
    }

    /** When an end was said last, by accounting or by the exit record. */
    Optional<Instant> endSaidAt() {
        return end == null ? Optional.empty() : end.saidAt;
    }

    /** An exit record that was there before the answer to the submission; told once. */
    Optional<Input.RecordSeen> takeEarlyRecord() {
        if (end == null) {
            return Optional.empty();
        }
        Optional<Input.RecordSeen> record = end.earlyRecord;
        end.earlyRecord = Optional.empty();
        return record;
    }

    /** A start record that was there before the answer to the submission; told once. */
    Optional<Input.StartSeen> takeEarlyStart() {
        if (end == null) {
            return Optional.empty();
        }
        Optional<Input.StartSeen> start = end.earlyStart;
        end.earlyStart = Optional.empty();
        return start;
    }

    /** The item left the queue: what was counted before says nothing of its end. */
    void left(Instant at) {
        accountingSilentAt = Optional.empty();
        end().counted();
        end().leftAt = Optional.of(at);
    }

    /** Somebody knows the job: it is not on its way to be lost. */
    void known() {
        if (end != null) {
            end.unknownFor = Duration.ZERO;
            end.unknownAt = Optional.empty();
        }
    }

    /** The controller did not answer. */
    void controllerSilent(Optional<Instant> at) {
        controllerSilentAt = at;
        if (end != null) {
            end.unknownAt = Optional.empty();
        }
    }

    /** Accounting did not answer. */
    void accountingSilent(Optional<Instant> at) {
        accountingSilentAt = at;
        if (end != null) {
            end.accountingEmptySince = Optional.empty();
        }
    }

    /** The scheduler starts the job again: what its earlier run left is not this one's. */
    void restarted() {
        absent = false;
        absentSince = Optional.empty();
        waitAnswers = 0;
        waitKind = Optional.empty();
        accountingSilentAt = Optional.empty();
        if (end != null) {
            end.restarted();
        }
    }
}
