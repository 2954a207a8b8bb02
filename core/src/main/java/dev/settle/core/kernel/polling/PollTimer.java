package dev.settle.core.kernel.polling;

import java.time.Duration;
import java.time.Instant;

/** The query that one source is sent again and again: when it was sent last, and whether its answer is awaited. */
final class PollTimer {
    /** An answer that has not come after so long was lost. */
    private static final Duration ANSWER_MAX = Duration.ofMinutes(10);

    private Instant askedAt = Instant.MIN;
    private boolean open;

    /** It is sent now. */
    void ask(Instant now) {
        askedAt = now;
        open = true;
    }

    /**
     * An answer came: to it, or to the query of another run, which counts as sent now.
     *
     * @return whether it was another run's
     */
    boolean answered(Instant now) {
        boolean ofAnother = !open;
        if (ofAnother) {
            askedAt = now;
        }
        open = false;
        return ofAnother;
    }

    /** No answer comes to it any more. */
    void drop() {
        open = false;
    }

    /** Whether it was sent and has no answer yet. */
    boolean isOpen() {
        return open;
    }

    /** Whether its answer may still come. */
    boolean isAwaited(Instant now) {
        return open && now.isBefore(answerLatest());
    }

    /** Until when an answer to the last query may come. */
    Instant answerLatest() {
        return askedAt.plus(ANSWER_MAX);
    }

    boolean wasAsked() {
        return !askedAt.equals(Instant.MIN);
    }

    /** When the query was sent that was answered last, or is open; {@link Instant#MIN} before the first. */
    Instant askedAt() {
        return askedAt;
    }

    /** Twice the pause, at most so long; never shorter than it was. */
    static Duration longer(Duration pause, Duration most) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(most) <= 0 ? twice : most.compareTo(pause) >= 0 ? most : pause;
    }
}
