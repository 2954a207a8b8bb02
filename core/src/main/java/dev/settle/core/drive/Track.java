package dev.settle.core.drive;

import dev.settle.core.port.SpendAnswer;
import dev.settle.core.port.WaitReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What the kernel remembers of a live item beyond the journal: how fresh its evidence is. Lost with the driver and
 * gathered anew by the next one, which therefore never concludes from a silence that it did not hear itself.
 */
final class Track {
    /** The newest answer of the controller did not list the job. */
    boolean absent;

    /** Since when no answer has listed the job. */
    Optional<Instant> absentSince = Optional.empty();

    /** When the item left the queue under this driver's eyes; it takes up none that settle already. */
    Optional<Instant> leftAt = Optional.empty();

    /**
     * Since the item left the queue: when the controller first said that the job has ended or that it has it no more,
     * as the journal is stamped.
     */
    Optional<Instant> heardSinceLeft = Optional.empty();

    /** When an answer listed the job last. */
    Optional<Instant> listedAt = Optional.empty();

    /** When the question was asked that the controller answered last, whatever it said of the job. */
    Optional<Instant> controllerAnsweredAt = Optional.empty();

    /** The last end of a question to the controller that was not answered. */
    Optional<Instant> controllerSilentAt = Optional.empty();

    /** When an end was said last, by accounting or by the exit record. */
    Optional<Instant> endSaidAt = Optional.empty();

    /** Answers without a row of the job, since the item left the queue. */
    int accountingEmptyAnswers;

    /** Since when accounting has given no other answers than such. */
    Optional<Instant> accountingEmptySince = Optional.empty();

    /** When the question about the job was asked that accounting answered last. */
    Optional<Instant> accountingAnsweredAt = Optional.empty();

    /** The last end of a question to accounting that was not answered. */
    Optional<Instant> accountingSilentAt = Optional.empty();

    /** How long every source answered, and none knew the job. */
    Duration unknownFor = Duration.ZERO;

    Optional<Instant> unknownAt = Optional.empty();

    /** Since when an end stands that a requeue may still undo. */
    Optional<Instant> requeueOpenSince = Optional.empty();

    /** Until when an end waits for the details that another source has. */
    Optional<Instant> detailUntil = Optional.empty();

    /** Extra questions to the controller about this item's end, where nobody keeps accounting. */
    int controllerLooks;

    /** The newest reason to wait, and in how many answers in a row it stood; answers without a reason are left out. */
    Optional<WaitReason.Kind> waitKind = Optional.empty();

    int waitAnswers;

    /** An exit record that was there before the answer to the submission. */
    Optional<Input.RecordSeen> earlyRecord = Optional.empty();

    Optional<ItemFiles> files = Optional.empty();
    boolean filesAsked;
    Optional<SpendAnswer> spend = Optional.empty();
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

    /** The item left the queue: what was counted before says nothing of its end. */
    void left(Instant at) {
        counted();
        leftAt = Optional.of(at);
    }

    private void counted() {
        leftAt = Optional.empty();
        heardSinceLeft = Optional.empty();
        accountingEmptyAnswers = 0;
        accountingEmptySince = Optional.empty();
        accountingAnsweredAt = Optional.empty();
        accountingSilentAt = Optional.empty();
        controllerLooks = 0;
    }

    /** Somebody knows the job: it is not on its way to be lost. */
    void known() {
        unknownFor = Duration.ZERO;
        unknownAt = Optional.empty();
    }

    /** The scheduler starts the job again: what its earlier run left is not this one's. */
    void restarted() {
        absent = false;
        absentSince = Optional.empty();
        endSaidAt = Optional.empty();
        waitedWhenCancelled = false;
        requeueOpenSince = Optional.empty();
        detailUntil = Optional.empty();
        waitAnswers = 0;
        waitKind = Optional.empty();
        files = Optional.empty();
        filesAsked = false;
        spend = Optional.empty();
        spendQuestions = 0;
        spendAsked = false;
        spendNotBefore = Instant.MIN;
        generatedAsked = false;
        generatedAccepted = false;
        counted();
    }
}
