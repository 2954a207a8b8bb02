package dev.settle.core.drive;

import java.time.Duration;
import java.time.Instant;

/**
 * Time as the kernel counts it: never backwards, and going on when the machine's clock is set back.
 *
 * <p>Deadlines would otherwise stand still until a clock that was set back by an hour has caught up.
 */
final class DriveClock {
    /** A kernel is ticked at least once a minute: a longer step is the clock's, and undoes an earlier set-back. */
    private static final Duration STEP_MAX = Duration.ofMinutes(2);

    private Instant said;
    private Instant now;

    /**
     * @param said what the machine's clock says
     * @param floor the time of the journal's last line
     */
    DriveClock(Instant said, Instant floor) {
        this.said = said;
        this.now = floor.isAfter(said) ? floor : said;
    }

    void advance(Instant saysNow) {
        Duration step = Duration.between(said, saysNow);
        said = saysNow;
        if (step.isNegative()) {
            return;
        }
        Duration ahead = Duration.between(saysNow, now.plus(step));
        Duration undo = step.minus(STEP_MAX);
        if (!undo.isNegative() && !ahead.isNegative()) {
            step = step.minus(undo.compareTo(ahead) < 0 ? undo : ahead);
        }
        now = now.plus(step);
    }

    Instant now() {
        return now;
    }

    /** A time of ours as the machine's clock will show it. */
    Instant said(Instant time) {
        return said.plus(Duration.between(now, time));
    }
}
