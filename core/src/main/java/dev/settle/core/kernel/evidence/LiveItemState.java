package dev.settle.core.kernel.evidence;

import dev.settle.core.scheduler.WaitReason;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the engine remembers of a live item beyond the journal: how fresh its evidence is. It is lost with the engine and
 * gathered anew by the next one, which therefore never concludes anything from a silence that it did not observe itself.
 */
final class LiveItemState {
    private boolean absent;
    private @Nullable Instant absentSince;
    private @Nullable Instant listedAt;
    private @Nullable Instant controllerAnsweredAt;
    private @Nullable Instant controllerSilentAt;
    private @Nullable Instant accountingSilentAt;
    private WaitReason.@Nullable Kind waitKind;
    private int waitAnswers;

    /** Made when it is first needed: of 100,000 items that wait or run, hardly any is near its end. */
    private @Nullable EndEvidence end;

    /** Only for items whose end, loss or cancellation is in question: it is kept from then on. */
    EndEvidence end() {
        if (end == null) {
            end = new EndEvidence();
        }
        return end;
    }

    /** The evidence of an end, if any was ever needed. */
    Optional<EndEvidence> endIfAny() {
        return Optional.ofNullable(end);
    }

    /** The controller answered a query, whatever it reported about the job. */
    void controllerAnswered(Instant askedAt) {
        controllerAnsweredAt = askedAt;
    }

    /** An answer of the controller listed the job. */
    void listed(Instant at) {
        listedAt = at;
        absent = false;
        absentSince = null;
    }

    /** An answer of the controller did not list the job. */
    void notListed(Instant at) {
        absent = true;
        absentSince = absentSince == null ? at : absentSince;
        waitAnswers = 0;
    }

    /** The controller may know the job still, whatever its newest answer was. */
    void disregardAbsence() {
        absent = false;
    }

    /** A query to the controller ended without an answer. */
    void controllerSilent(Instant at) {
        controllerSilentAt = at;
        if (end != null) {
            end.controllerSilent();
        }
    }

    /** A query to accounting ended without an answer. */
    void accountingSilent(Instant at) {
        accountingSilentAt = at;
        if (end != null) {
            end.accountingSilent();
        }
    }

    /** The queue named a reason to wait. Answers without a reason in between take nothing back. */
    void waitsFor(WaitReason.Kind kind) {
        waitAnswers = kind == waitKind ? waitAnswers + 1 : 1;
        waitKind = kind;
    }

    /** In how many answers in a row the newest reason to wait was named. */
    int waitAnswers() {
        return waitAnswers;
    }

    /** A source knows the job: it is not about to be lost. */
    void known() {
        if (end != null) {
            end.known();
        }
    }

    /** The item left the queue: what was counted before says nothing about its end. */
    void left(Instant at) {
        accountingSilentAt = null;
        end().left(at);
    }

    /** The scheduler starts the job again: what its earlier run left is not this run's. */
    void restarted() {
        absent = false;
        absentSince = null;
        waitAnswers = 0;
        waitKind = null;
        accountingSilentAt = null;
        if (end != null) {
            end.restarted();
        }
    }

    /** Whether the controller's newest answer did not list the job. */
    boolean isAbsent() {
        return absent;
    }

    /** Since when no answer has listed the job. */
    Optional<Instant> absentSince() {
        return Optional.ofNullable(absentSince);
    }

    /** When an answer listed the job last. */
    Optional<Instant> listedAt() {
        return Optional.ofNullable(listedAt);
    }

    /** When the query was sent that the controller answered last, whatever it reported about the job. */
    Optional<Instant> controllerAnsweredAt() {
        return Optional.ofNullable(controllerAnsweredAt);
    }

    /** The last end of a query to the controller that was not answered. */
    Optional<Instant> controllerSilentAt() {
        return Optional.ofNullable(controllerSilentAt);
    }

    /** The last end of a query to accounting that was not answered, since the item left the queue. */
    Optional<Instant> accountingSilentAt() {
        return Optional.ofNullable(accountingSilentAt);
    }
}
