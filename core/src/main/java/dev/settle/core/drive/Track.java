package dev.settle.core.drive;

import dev.settle.core.port.SpendAnswer;
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

    /** When the controller answered last, whatever it said of the job. */
    Optional<Instant> controllerAnsweredAt = Optional.empty();

    /** When the controller last said that the job is queued or running. */
    Optional<Instant> aliveAt = Optional.empty();

    /** When accounting last said what the journal has as its newest sighting. */
    Optional<Instant> accountingSaidAt = Optional.empty();

    /** Answers of accounting without a row of the job, since the item left the queue. */
    int accountingEmptyAnswers;

    /** Questions to accounting that came to an end in any way since the item left the queue. */
    int accountingQuestions;

    /** The last end of such a question. */
    Optional<Instant> accountingAskedAt = Optional.empty();

    /** How long every source answered, and none knew the job. */
    Duration unknownFor = Duration.ZERO;

    Optional<Instant> unknownAt = Optional.empty();

    /** Since when an end stands that a requeue may still undo. */
    Optional<Instant> requeueOpenSince = Optional.empty();

    /** Until when a failure named by the queue waits for its details. */
    Optional<Instant> detailUntil = Optional.empty();

    /** Answers in a row in which the job waits for credit. */
    int creditAnswers;

    /** An exit record that was there before the answer to the submission. */
    Optional<Input.RecordSeen> earlyRecord = Optional.empty();

    Optional<ItemFiles> files = Optional.empty();
    boolean filesAsked;
    Optional<SpendAnswer> spend = Optional.empty();
    boolean spendAsked;
    boolean generatedAsked;
    boolean generatedAccepted;
    Optional<Instant> cancelSentAt = Optional.empty();

    /** The item left the queue: what was counted before says nothing of its end. */
    void left() {
        accountingEmptyAnswers = 0;
        accountingQuestions = 0;
        accountingAskedAt = Optional.empty();
    }
}
