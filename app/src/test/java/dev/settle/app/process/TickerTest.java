package dev.settle.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TickerTest {
    @Test
    void workThatFailsIsToldOnceAndDoneAgain() throws InterruptedException {
        Queue<Throwable> told = new ConcurrentLinkedQueue<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, defect) -> told.add(defect));
        CountDownLatch done = new CountDownLatch(3);
        ScheduledFuture<?> work = Ticker.LOOKS.nowAndEvery(Duration.ofMillis(1), () -> {
            done.countDown();
            throw new IllegalStateException("told once");
        });
        try {
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            work.cancel(false);
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(told).singleElement().extracting(Throwable::getMessage).isEqualTo("told once");
    }

    @Test
    void whatIsNotDueAtOnceWaitsFirst() throws InterruptedException {
        CountDownLatch late = new CountDownLatch(1);
        CountDownLatch atOnce = new CountDownLatch(1);
        ScheduledFuture<?> waits = Ticker.LOOKS.every(Duration.ofDays(1), late::countDown);
        ScheduledFuture<?> goes = Ticker.LOOKS.nowAndEvery(Duration.ofDays(1), atOnce::countDown);
        try {
            // On one thread, in order: what was due before it would have been done.
            assertThat(atOnce.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(late.getCount()).isEqualTo(1);
        } finally {
            waits.cancel(false);
            goes.cancel(false);
        }
    }
}
