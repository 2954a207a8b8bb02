package dev.settle.core.kernel.evidence;

import dev.settle.core.kernel.state.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The cancellations of one job that settle sent, and what the scheduler made of them. */
final class Cancellation {
    /** The pause doubles so often. */
    private static final int DOUBLINGS_MAX = 3;

    private @Nullable Instant sentAt;
    private @Nullable Instant takenAt;
    private boolean jobWaited;
    private int sent;

    /**
     * One is sent.
     *
     * @return when to look whether it took effect
     */
    Duration sent(Instant at) {
        sentAt = sentAt == null ? at : sentAt;
        sent++;
        return pause();
    }

    /**
     * The scheduler took one.
     *
     * @param listed whether it listed the job as waiting right before
     * @return whether it is the first
     */
    boolean taken(Instant at, boolean listed) {
        if (sentAt == null) {
            return false;
        }
        jobWaited |= listed;
        boolean first = takenAt == null;
        takenAt = first ? at : takenAt;
        return first;
    }

    /** When the first one was sent. */
    Optional<Instant> sentAt() {
        return Optional.ofNullable(sentAt);
    }

    /** When the scheduler first took one. */
    Optional<Instant> takenAt() {
        return Optional.ofNullable(takenAt);
    }

    /** Whether the scheduler listed the job as waiting right before it took a cancellation. */
    boolean wasTakenWhileWaiting() {
        return jobWaited;
    }

    /** Whether it is too early to send another one. */
    boolean isTooSoonAgain(Instant now) {
        return sentAt != null && now.isBefore(sentAt.plus(pause()));
    }

    private Duration pause() {
        return Policy.CANCEL_AGAIN.multipliedBy(1L << Math.min(Math.max(0, sent - 1), DOUBLINGS_MAX));
    }

    void restarted() {
        jobWaited = false;
    }
}
