package dev.settle.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class GrowthTest {
    private static final Resources TWO_GIB_AND_HALF_AN_HOUR =
            Resources.NONE.with(OptionalLong.of(2L << 30), Optional.of(Duration.ofMinutes(30)));

    @Test
    void eachRetryAsksForMoreThanTheOneBefore() {
        Growth growth = new Growth(2, 1.5);
        assertThat(growth.of(TWO_GIB_AND_HALF_AN_HOUR, 0)).isEqualTo(TWO_GIB_AND_HALF_AN_HOUR);
        Resources first = growth.of(TWO_GIB_AND_HALF_AN_HOUR, 1);
        assertThat(first.memoryBytes()).hasValue(4L << 30);
        assertThat(first.timeLimit()).hasValue(Duration.ofMinutes(45));
        Resources third = growth.of(TWO_GIB_AND_HALF_AN_HOUR, 3);
        assertThat(third.memoryBytes()).hasValue(16L << 30);
        assertThat(third.timeLimit()).hasValue(Duration.ofSeconds(6075));
    }

    @Test
    void memoryGrowsInWholeMebibytesAndWhatDoesNotGrowStaysAsItWas() {
        Resources odd = Resources.NONE.with(OptionalLong.of(1_000_001), Optional.empty());
        assertThat(new Growth(1.1, 1).of(odd, 1).memoryBytes()).hasValue(2L << 20);
        assertThat(new Growth(1, 3).of(odd, 2)).isEqualTo(odd);
        assertThat(new Growth(2, 2).of(Resources.NONE, 5)).isEqualTo(Resources.NONE);
    }

    @Test
    void requestsStayWithinABoundHoweverOftenTheyGrow() {
        Resources grown = new Growth(Growth.FACTOR_MAX, Growth.FACTOR_MAX).of(TWO_GIB_AND_HALF_AN_HOUR, 10_000);
        assertThat(grown.memoryBytes()).hasValue(1L << 50);
        assertThat(grown.timeLimit()).hasValue(Duration.ofDays(365));
    }

    @Test
    void factorsBelowOneAreNone() {
        assertThatThrownBy(() -> new Growth(0.5, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Growth(1, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new Growth(2, 1.5)).hasToString("memory x2, time limit x1.5");
    }
}
