package dev.settle.app.crash;

import dev.settle.core.scheduler.Pause;
import dev.settle.testdata.UtcClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A clock that runs so many times as fast as that of the machine. */
final class FastClock extends UtcClock {
    /** What a clock that nobody sets says of how much time has passed. */
    static Supplier<Duration> monotonic(Clock unset) {
        return () -> Duration.between(Instant.EPOCH, unset.instant());
    }

    /** Lets its time pass. */
    static Pause pause(int speed) {
        return time -> TimeUnit.NANOSECONDS.sleep(time.toNanos() / speed);
    }

    private final Instant began = Instant.now();
    private final Instant start;
    private final int speed;

    FastClock(int speed) {
        this(speed, Duration.ZERO);
    }

    /** @param behind how far behind the machine's it is at first */
    FastClock(int speed, Duration behind) {
        this.speed = speed;
        this.start = began.minus(behind);
    }

    @Override
    public Instant instant() {
        return start.plus(Duration.between(began, Instant.now()).multipliedBy(speed));
    }
}
