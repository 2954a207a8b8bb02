package dev.settle.app.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TickerTest {
    @Test
    void workThatFailedOnceIsDoneAgain() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(3);
        ScheduledFuture<?> work = Ticker.LOOKS.every(Duration.ofMillis(1), () -> {
            done.countDown();
            throw new IllegalStateException("told once on stderr");
        });
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        work.cancel(false);
    }
}
