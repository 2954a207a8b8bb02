package dev.settle.core.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LiveItemStateTest {
    private static final Instant NOW = Instant.parse("2026-11-20T23:00:00Z");

    private final LiveItemState live = new LiveItemState();

    @Test
    void nothingIsKnownOfAnEndThatNobodySpokeOf() {
        live.known();
        live.controllerSilent(Optional.of(NOW));
        live.accountingSilent(Optional.of(NOW));
        live.restarted();
        assertThat(live.endSaidAt()).isEmpty();
        assertThat(live.takeEarlyRecord()).isEmpty();
        assertThat(live.isUnknown()).isFalse();
        assertThat(live.isSpendAsked()).isFalse();
    }

    @Test
    void restartForgetsTheEndButNotTheCancellation() {
        live.end().saidAt = Optional.of(NOW);
        live.end().filesAsked = true;
        live.end().cancelSentAt = Optional.of(NOW);
        live.end().cancels = 2;
        live.left(NOW);
        live.restarted();
        assertThat(live.endSaidAt()).isEmpty();
        assertThat(live.end().filesAsked).isFalse();
        assertThat(live.end().leftAt).isEmpty();
        assertThat(live.end().cancelSentAt).contains(NOW);
        assertThat(live.end().cancels).isEqualTo(2);
    }

    @Test
    void answersFromBeforeItLeftDoNotCount() {
        live.accountingSilent(Optional.of(NOW));
        live.end().accountingEmptyAnswers = 3;
        live.end().accountingAnsweredAt = Optional.of(NOW);
        live.left(NOW.plusSeconds(1));
        assertThat(live.accountingSilentAt).isEmpty();
        assertThat(live.end().accountingEmptyAnswers).isZero();
        assertThat(live.end().accountingAnsweredAt).isEmpty();
        assertThat(live.end().leftAt).contains(NOW.plusSeconds(1));
    }

    @Test
    void whoeverKnowsTheJobEndsTheCountOfItsLoss() {
        live.end().unknownFor = Duration.ofSeconds(90);
        live.end().unknownAt = Optional.of(NOW);
        assertThat(live.isUnknown()).isTrue();
        live.known();
        assertThat(live.isUnknown()).isFalse();
        assertThat(live.end().unknownFor).isZero();
    }

    @Test
    void silenceOfASourceBeginsItsCountAnew() {
        live.end().unknownAt = Optional.of(NOW);
        live.end().accountingEmptySince = Optional.of(NOW);
        live.accountingSilent(Optional.of(NOW));
        assertThat(live.end().accountingEmptySince).isEmpty();
        assertThat(live.isUnknown()).isTrue();
        live.controllerSilent(Optional.of(NOW));
        assertThat(live.isUnknown()).isFalse();
    }
}
