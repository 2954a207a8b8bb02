package dev.settle.core.drive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TrackTest {
    private static final Instant NOW = Instant.parse("2026-11-20T23:00:00Z");

    private final Track track = new Track();

    @Test
    void nothingIsKnownOfAnEndThatNobodySpokeOf() {
        track.known();
        track.controllerSilent(Optional.of(NOW));
        track.accountingSilent(Optional.of(NOW));
        track.restarted();
        assertThat(track.endSaidAt()).isEmpty();
        assertThat(track.takeEarlyRecord()).isEmpty();
        assertThat(track.isUnknown()).isFalse();
        assertThat(track.isSpendAsked()).isFalse();
    }

    @Test
    void restartForgetsTheEndButNotTheCancellation() {
        track.end().saidAt = Optional.of(NOW);
        track.end().filesAsked = true;
        track.end().cancelSentAt = Optional.of(NOW);
        track.end().cancels = 2;
        track.left(NOW);
        track.restarted();
        assertThat(track.endSaidAt()).isEmpty();
        assertThat(track.end().filesAsked).isFalse();
        assertThat(track.end().leftAt).isEmpty();
        assertThat(track.end().cancelSentAt).contains(NOW);
        assertThat(track.end().cancels).isEqualTo(2);
    }

    @Test
    void answersFromBeforeItLeftDoNotCount() {
        track.accountingSilent(Optional.of(NOW));
        track.end().accountingEmptyAnswers = 3;
        track.end().accountingAnsweredAt = Optional.of(NOW);
        track.left(NOW.plusSeconds(1));
        assertThat(track.accountingSilentAt).isEmpty();
        assertThat(track.end().accountingEmptyAnswers).isZero();
        assertThat(track.end().accountingAnsweredAt).isEmpty();
        assertThat(track.end().leftAt).contains(NOW.plusSeconds(1));
    }

    @Test
    void whoeverKnowsTheJobEndsTheCountOfItsLoss() {
        track.end().unknownFor = Duration.ofSeconds(90);
        track.end().unknownAt = Optional.of(NOW);
        assertThat(track.isUnknown()).isTrue();
        track.known();
        assertThat(track.isUnknown()).isFalse();
        assertThat(track.end().unknownFor).isZero();
    }

    @Test
    void silenceOfASourceBeginsItsCountAnew() {
        track.end().unknownAt = Optional.of(NOW);
        track.end().accountingEmptySince = Optional.of(NOW);
        track.accountingSilent(Optional.of(NOW));
        assertThat(track.end().accountingEmptySince).isEmpty();
        assertThat(track.isUnknown()).isTrue();
        track.controllerSilent(Optional.of(NOW));
        assertThat(track.isUnknown()).isFalse();
    }
}
