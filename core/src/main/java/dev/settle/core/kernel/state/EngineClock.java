package dev.settle.core.kernel.state;

import java.time.Duration;
import java.time.Instant;

/**
 * The two times of an engine: the one that its deadlines count, and the one that its journal is stamped with.
 *
 * <p>A deadline says that nobody answered in time, or that every source did and had nothing to report. Only what this
 * engine lived through counts for that: not what the machine's clock was set ahead by, nor what the process slept.
 */
public final class EngineClock {
    /** A kernel is ticked at least once per minute: in a longer step it slept, and nobody was asked. */
    private static final Duration STEP_MAX = Duration.ofMinutes(2);

    private ClockReading last;
    private Instant now;
    private Instant stamp;

    /** @param floor the time of the journal's last line */
    EngineClock(ClockReading first, Instant floor) {
        last = first;
        stamp = later(first.wall(), floor);
        now = stamp;
    }

    void advance(ClockReading reading) {
        Duration step = reading.monotonic().minus(last.monotonic());
        if (step.isNegative()) {
            throw new IllegalArgumentException("a monotonic time went back from " + last + " to " + reading);
        }
        last = reading;
        now = now.plus(Policy.min(step, STEP_MAX));
        stamp = later(reading.wall(), stamp.plus(step));
    }

    /** The time that deadlines count; it begins where the stamps do. */
    public Instant now() {
        return now;
    }

    /** The journal's time: the machine's clock, but never backwards, and going on when that is set back. */
    public Instant stamp() {
        return stamp;
    }

    /** A deadline as the journal would show it. */
    public Instant toStamp(Instant deadline) {
        return stamp.plus(Duration.between(now, deadline));
    }

    /** A time of the journal as a deadline. */
    public Instant ofStamp(Instant stamped) {
        return now.plus(Duration.between(stamp, stamped));
    }

    /** A deadline as the machine's clock will show it. */
    public Instant toWall(Instant deadline) {
        return last.wall().plus(Duration.between(now, deadline));
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
