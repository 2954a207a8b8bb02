package dev.settle.core.kernel;

import java.time.Duration;
import java.time.Instant;

/**
 * The two times of a driver: the one that its deadlines count, and the one that its journal is stamped with.
 *
 * <p>A deadline says that nobody answered in time, or that everybody did and had nothing to say. Only what this driver
 * lived through counts for that: not what the machine's clock was set ahead by, nor what the process slept.
 */
final class EngineClock {
    /** A kernel is ticked at least once a minute: in a longer step it slept, and nobody was asked. */
    private static final Duration STEP_MAX = Duration.ofMinutes(2);

    private ClockReading last;
    private Instant now;
    private Instant stamp;

    /** @param floor the time of the journal's last line */
    EngineClock(ClockReading first, Instant floor) {
        last = first;
        stamp = later(first.said(), floor);
        now = stamp;
    }

    void advance(ClockReading moment) {
        Duration step = moment.monotonic().minus(last.monotonic());
        if (step.isNegative()) {
            throw new IllegalArgumentException("a steady time went back from " + last + " to " + moment);
        }
        last = moment;
        now = now.plus(Policy.min(step, STEP_MAX));
        stamp = later(moment.said(), stamp.plus(step));
    }

    /** On the time that deadlines count; it begins where the stamps do. */
    Instant now() {
        return now;
    }

    /** The journal's time: the machine's clock, but never backwards, and going on when that is set back. */
    Instant stamp() {
        return stamp;
    }

    /** A time of {@link #now} as the journal would show it. */
    Instant stamp(Instant time) {
        return stamp.plus(Duration.between(now, time));
    }

    /** A time of the journal on the time that deadlines count. */
    Instant ofStamp(Instant stamped) {
        return now.plus(Duration.between(stamp, stamped));
    }

    /** A time of {@link #now} as the machine's clock will show it. */
    Instant said(Instant time) {
        return last.said().plus(Duration.between(now, time));
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
