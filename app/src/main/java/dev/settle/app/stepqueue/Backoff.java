package dev.settle.app.stepqueue;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** The pauses between attempts: 5, 10, 20, 40, 60 s, each up to a fifth longer or shorter, so that clients spread. */
final class Backoff {
    private static final List<Duration> PAUSES = List.of(
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Duration.ofSeconds(40),
            Duration.ofSeconds(60));
    private static final double JITTER = 0.2;

    private final RandomGenerator random;
    private final double scale;

    /** @param scale 1 in earnest; a test may hurry */
    Backoff(RandomGenerator random, double scale) {
        this.random = random;
        this.scale = scale;
    }

    /** @param failed how many attempts have failed in a row, from 1 */
    Duration after(int failed) {
        Duration pause = PAUSES.get(Math.min(failed, PAUSES.size()) - 1);
        double factor = scale * (1 - JITTER + 2 * JITTER * random.nextDouble());
        return Duration.ofMillis(Math.round(pause.toMillis() * factor));
    }
}
