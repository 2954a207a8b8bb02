package dev.settle.app.stepqueue;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The one call that the step queue waits for, its failures in a row, and the pause before the next. */
final class PendingCall {
    private final Backoff backoff;
    private final int attempts;
    private long numbers;
    private Optional<QueueCommand.Kind> pending = Optional.empty();
    private long number;
    private final Map<QueueCommand.Kind, Integer> failed = new EnumMap<>(QueueCommand.Kind.class);
    private QueueCommand.Kind last = QueueCommand.Kind.LOOK;
    private Instant pauseUntil = Instant.MIN;

    PendingCall(Backoff backoff, int attempts) {
        this.backoff = backoff;
        this.attempts = attempts;
    }

    /** A number for a call of any kind. */
    long newNumber() {
        return ++numbers;
    }

    /** The main line waits for this call from now on. */
    long begin(QueueCommand.Kind kind) {
        pending = Optional.of(kind);
        number = newNumber();
        return number;
    }

    boolean isPending() {
        return pending.isPresent();
    }

    boolean isPending(QueueCommand.Kind kind) {
        return pending.filter(kind::equals).isPresent();
    }

    long number() {
        return number;
    }

    /** Whether this answer is the one that is waited for; then it is not any more. */
    boolean ends(long call) {
        boolean ours = pending.isPresent() && call == number;
        if (ours) {
            last = pending.get();
            pending = Optional.empty();
        }
        return ours;
    }

    /** Waits for the call no longer; what it was. */
    QueueCommand.Kind giveUp() {
        QueueCommand.Kind kind = pending.orElseThrow();
        pending = Optional.empty();
        return kind;
    }

    /** The newest call worked; the failures of another kind count on: a look that works sends nothing. */
    void worked() {
        failed.remove(last);
    }

    /** One more failure of the newest kind of call: the pause before the next attempt, or none when there is none. */
    Optional<Duration> failed(Instant now) {
        int count = failed.merge(last, 1, Integer::sum);
        if (count >= attempts) {
            return Optional.empty();
        }
        Duration pause = backoff.after(count);
        pause(now.plus(pause));
        return Optional.of(pause);
    }

    int failures() {
        return failed.getOrDefault(last, 0);
    }

    int attemptsMax() {
        return attempts;
    }

    void pause(Instant until) {
        pauseUntil = until;
    }

    boolean isPausing(Instant now) {
        return now.isBefore(pauseUntil);
    }

    Instant pauseUntil() {
        return pauseUntil;
    }
}
