package dev.settle.core.kernel.evidence;

import dev.settle.core.scheduler.LimitUsageAnswer;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was asked, and answered, about the limit that one job is charged to. */
final class LimitUsage {
    private @Nullable LimitUsageAnswer answer;
    private boolean open;
    private int queries;
    private Instant notBefore = Instant.MIN;

    /** Opens a query if none is open and the pause after the last one is over; returns whether it did. */
    boolean query(Instant now) {
        boolean opened = !open && !now.isBefore(notBefore);
        if (opened) {
            open = true;
            queries++;
        }
        return opened;
    }

    /** Whether a query is open. */
    boolean isOpen() {
        return open;
    }

    /** Whether its answer is awaited, or may still be asked for. */
    boolean mayBeAnswered(int queriesMax) {
        return open || queries < queriesMax;
    }

    /** The open query was answered; returns whether there was one. */
    boolean close() {
        boolean was = open;
        open = false;
        return was;
    }

    /** Keeps an answer. */
    void keep(LimitUsageAnswer kept) {
        answer = kept;
    }

    /** No answer came: the next query waits. */
    void pauseUntil(Instant until) {
        notBefore = until;
    }

    Optional<LimitUsageAnswer> answer() {
        return Optional.ofNullable(answer);
    }

    /** What is used by now says nothing about how the job will end. */
    void forgetAnswer() {
        answer = null;
        queries = 0;
    }
}
