package dev.settle.core.kernel.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class EngineClockTest {
    private static final Instant START = Instant.parse("2026-11-21T00:00:00Z");

    private final EngineClock clock = new EngineClock(at(0, 0), START);

    /** @param setBySeconds how far the machine's clock has been set ahead */
    private static ClockReading at(long seconds, long setBySeconds) {
        return new ClockReading(START.plusSeconds(seconds + setBySeconds), Duration.ofSeconds(1_000 + seconds));
    }

    private static Instant after(long seconds) {
        return START.plusSeconds(seconds);
    }

    @Test
    void deadlinesCountWhatPassedWhereTheClockIsSetAhead() {
        clock.advance(at(10, 7_200));

        assertThat(clock.now()).isEqualTo(after(10));
        assertThat(clock.stamp()).isEqualTo(after(7_210));
    }

    @Test
    void deadlinesCountWhatPassedWhereTheClockIsSetBack() {
        clock.advance(at(10, -3_600));
        clock.advance(at(70, -3_600));

        assertThat(clock.now()).isEqualTo(after(70));
    }

    @Test
    void stampsGoOnWhereTheClockIsSetBackAndFollowItWhenItIsSetRight() {
        clock.advance(at(10, -3_600));
        assertThat(clock.stamp()).isEqualTo(after(10));
        clock.advance(at(70, -3_600));
        assertThat(clock.stamp()).isEqualTo(after(70));
        clock.advance(at(80, 0));
        assertThat(clock.stamp()).isEqualTo(after(80));
    }

    @Test
    void stampsBeginWhereTheJournalEnds() {
        EngineClock late = new EngineClock(at(0, 0), after(500));
        late.advance(at(10, 0));

        assertThat(late.stamp()).isEqualTo(after(510));
    }

    @Test
    void sleepCountsForNoDeadline() {
        clock.advance(at(36_000, 0));

        assertThat(clock.now()).isEqualTo(after(120));
        assertThat(clock.stamp()).isEqualTo(after(36_000));
    }

    @Test
    void aDeadlineIsTheSameTimeOnTheMachinesClock() {
        clock.advance(at(10, 7_200));

        assertThat(clock.toWall(after(70))).isEqualTo(after(7_270));
    }

    @Test
    void timesOfTheJournalAreAsLongAgoOnBothTimes() {
        clock.advance(at(10, 7_200));

        assertThat(clock.ofStamp(after(7_200))).isEqualTo(after(0));
        assertThat(clock.toStamp(after(0))).isEqualTo(after(7_200));
    }

    @Test
    void aCounterThatGoesBackIsADefect() {
        assertThatThrownBy(() -> clock.advance(at(-1, 0))).isInstanceOf(IllegalArgumentException.class);
    }
}
