package dev.settle.core.kernel.evidence;

import dev.settle.core.kernel.state.Policy;
import dev.settle.core.scheduler.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is remembered of an item whose end, loss or cancellation is in question. */
final class EndEvidence {
    private final Cancellation cancellation = new Cancellation();
    private ItemOutput output = new ItemOutput();
    private LimitUsage limitUsage = new LimitUsage();
    private GeneratedFile generated = new GeneratedFile();

    private @Nullable Instant leftAt;
    private @Nullable Instant controllerEndStamp;
    private @Nullable Instant reportedAt;
    private int accountingEmptyAnswers;
    private @Nullable Instant accountingEmptySince;
    private @Nullable Instant accountingAnsweredAt;
    private Duration unknownFor = Duration.ZERO;
    private @Nullable Instant unknownAt;
    private @Nullable Instant requeueOpenSince;
    private @Nullable Instant detailUntil;
    private int controllerLooks;
    private @Nullable JobRecord earlyStart;
    private @Nullable JobRecord earlyEnd;
    private boolean recordsRequested;
    private boolean recordsRead;
    private int figureTries;

    /** What was done to end the job, and whether the scheduler took it. */
    Cancellation cancellation() {
        return cancellation;
    }

    /** What the job left in its files. */
    ItemOutput output() {
        return output;
    }

    /** What was asked about the limit that the job is charged to. */
    LimitUsage limitUsage() {
        return limitUsage;
    }

    /** The file with the items that the item generates. */
    GeneratedFile generated() {
        return generated;
    }

    void left(Instant at) {
        forgetCounts();
        leftAt = at;
    }

    /** When the item left the queue while this engine watched; absent for those that settled before. */
    Optional<Instant> leftAt() {
        return Optional.ofNullable(leftAt);
    }

    /**
     * The controller reports that the job has ended or that it has it no more.
     *
     * @param stamp the time as the journal is stamped
     */
    void endedByController(Instant stamp) {
        controllerEndStamp = controllerEndStamp == null ? stamp : controllerEndStamp;
    }

    /** When the controller first reported, since the item left the queue, that the job has ended or is gone. */
    Optional<Instant> controllerEndStamp() {
        return Optional.ofNullable(controllerEndStamp);
    }

    /** Accounting or the exit record reports an end. */
    void reported(Instant at) {
        reportedAt = at;
    }

    /** When accounting or the exit record reported an end last. */
    Optional<Instant> reportedAt() {
        return Optional.ofNullable(reportedAt);
    }

    /** Accounting answered a query about the job. */
    void accountingAnswered(Instant askedAt) {
        accountingAnsweredAt = askedAt;
    }

    /** When the query about the job was sent that accounting answered last. */
    Optional<Instant> accountingAnsweredAt() {
        return Optional.ofNullable(accountingAnsweredAt);
    }

    /** Accounting has no row of the job. */
    void accountingHasNoRow(Instant at) {
        accountingEmptyAnswers++;
        accountingEmptySince = accountingEmptySince == null ? at : accountingEmptySince;
    }

    /** Accounting reports that the job waits: of a job that left the queue this is no more than no row at all. */
    void accountingReportsWaiting() {
        accountingEmptyAnswers++;
    }

    /** Answers without a row of the job, since the item left the queue. */
    int accountingEmptyAnswers() {
        return accountingEmptyAnswers;
    }

    void accountingSilent() {
        accountingEmptySince = null;
    }

    void controllerSilent() {
        unknownAt = null;
    }

    /** The controller does not know the job; counted where accounting answers the same, or where there is none. */
    void unknown(Instant now, Counted counted, Duration gapMax) {
        Instant agreedSince = counted == Counted.CONTROLLER_ALONE ? unknownAt : accountingEmptySince;
        if (unknownAt != null && agreedSince != null) {
            Instant from = agreedSince.isAfter(unknownAt) ? agreedSince : unknownAt;
            // An engine that slept has not asked in all that time.
            unknownFor = unknownFor.plus(Policy.min(Duration.between(from, now), gapMax));
        }
        unknownAt = now;
    }

    /** Whose answers count for the loss of a job. */
    enum Counted {
        CONTROLLER_ALONE,
        BOTH
    }

    /** Whether every source answered recently, and none knew the job. */
    boolean isUnknown() {
        return unknownAt != null;
    }

    /** How long every source has answered, and none knew the job. */
    Duration unknownFor() {
        return unknownFor;
    }

    void known() {
        unknownFor = Duration.ZERO;
        unknownAt = null;
    }

    /**
     * An end stands that a requeue may still undo.
     *
     * @return since when
     */
    Instant requeueOpen(Instant since) {
        requeueOpenSince = requeueOpenSince == null ? since : requeueOpenSince;
        return requeueOpenSince;
    }

    /** Since when an end stands that a requeue may still undo. */
    Optional<Instant> requeueOpenSince() {
        return Optional.ofNullable(requeueOpenSince);
    }

    /**
     * An end waits for the details that another source has.
     *
     * @return whether it did not wait before
     */
    boolean awaitDetail(Instant until) {
        boolean first = detailUntil == null;
        detailUntil = first ? until : detailUntil;
        return first;
    }

    /** Until when an end waits for the details that another source has. */
    Optional<Instant> detailUntil() {
        return Optional.ofNullable(detailUntil);
    }

    /** Counts an extra query to the controller about this item's end; returns how many there were before. */
    int countControllerLook() {
        return controllerLooks++;
    }

    /** A start record that was there before the answer to the submission. */
    void keepEarlyStart(JobRecord start) {
        earlyStart = start;
    }

    /** An exit record that was there before the answer to the submission. */
    void keepEarlyEnd(JobRecord record) {
        earlyEnd = record;
    }

    /** The job of an early record, if there is one. */
    Optional<JobId> startedAs() {
        return Optional.ofNullable(earlyStart)
                .or(() -> Optional.ofNullable(earlyEnd))
                .map(record -> record.observation().jobId());
    }

    /** The early start record, once. */
    Optional<JobRecord> takeEarlyStart() {
        Optional<JobRecord> start = Optional.ofNullable(earlyStart);
        earlyStart = null;
        return start;
    }

    /** The early exit record, once. */
    Optional<JobRecord> takeEarlyEnd() {
        Optional<JobRecord> record = Optional.ofNullable(earlyEnd);
        earlyEnd = null;
        return record;
    }

    /** The job's records are looked for once more; returns whether that was not requested before. */
    boolean requestRecords() {
        boolean first = !recordsRequested;
        recordsRequested = true;
        return first;
    }

    /** The records were looked for; returns whether that had been requested. */
    boolean recordsRead() {
        recordsRead |= recordsRequested;
        return recordsRequested;
    }

    /** Whether the records were looked for once more since the item left the queue. */
    boolean hasReadRecords() {
        return recordsRead;
    }

    /** Counts a row of accounting that was looked for in vain since the verdict; returns how many there were. */
    int countFigureTry() {
        return ++figureTries;
    }

    private void forgetCounts() {
        leftAt = null;
        controllerEndStamp = null;
        accountingEmptyAnswers = 0;
        accountingEmptySince = null;
        accountingAnsweredAt = null;
        controllerLooks = 0;
        recordsRequested = false;
        recordsRead = false;
    }

    void restarted() {
        reportedAt = null;
        requeueOpenSince = null;
        detailUntil = null;
        cancellation.restarted();
        output = new ItemOutput();
        limitUsage = new LimitUsage();
        generated = new GeneratedFile();
        forgetCounts();
    }
}
