package dev.settle.testdata;

import java.time.Duration;
import java.time.Instant;

/** A clock that is moved by hand. */
public final class ManualClock extends UtcClock {
    private Instant now;

    /** Stands at this time until it is moved. */
    public ManualClock(Instant now) {
        this.now = now;
    }

    /** Moves it by so much. */
    public void advance(Duration time) {
        now = now.plus(time);
    }

    /** Sets it, forward or back. */
    public void set(Instant time) {
        now = time;
    }

    @Override
    public Instant instant() {
        return now;
    }
}
