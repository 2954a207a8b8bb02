package dev.settle.core.kernel.polling;

import java.time.Duration;
import java.time.Instant;

/** A question to one source that is asked again and again: when it was asked last, and whether its answer is to come. */
final class PollTimer {
    /** An answer that has not come after so long was lost. */
    private static final Duration ANSWER_MAX = Duration.ofMinutes(10);

    private Instant askedAt = Instant.MIN;
    private boolean open;

    /** It is asked now. */
    void ask(Instant now) {
        askedAt = now;
        open = true;
    }

    /**
     * An answer came: to it, or to another run's question, which was just asked then.
     *
     * @return whether it was overheard
     */
    boolean answered(Instant now) {
        boolean overheard = !open;
        if (overheard) {
            askedAt = now;
        }
        open = false;
        return overheard;
    }

    /** No answer comes to it any more. */
    void drop() {
        open = false;
    }

    /** Whether it was asked and got no answer yet. */
    boolean isOpen() {
        return open;
    }

    /** Whether its answer may still come. */
    boolean isAwaited(Instant now) {
        return open && now.isBefore(answerLatest());
    }

    /** Until when an answer may come to what was asked last. */
    Instant answerLatest() {
        return askedAt.plus(ANSWER_MAX);
    }

    boolean wasAsked() {
        return !askedAt.equals(Instant.MIN);
    }

    /** When that was asked which was answered last, or is on its way; {@link Instant#MIN} before the first. */
    Instant askedAt() {
        return askedAt;
    }

    /** Twice the pause, at most so long; never shorter than it was. */
    static Duration longer(Duration pause, Duration most) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(most) <= 0 ? twice : most.compareTo(pause) >= 0 ? most : pause;
    }
}
