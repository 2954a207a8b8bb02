package dev.settle.core.kernel.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.kernel.evidence.EndEvidence.Counted;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class LiveItemStateTest {
    private static final Instant NOW = Instant.parse("2026-11-20T23:00:00Z");
    private static final Duration GAP_MAX = Duration.ofMinutes(1);

    private final LiveItemState live = new LiveItemState();

    @Test
    void nothingIsKeptAboutAnEndThatNoSourceReported() {
        live.known();
        live.controllerSilent(NOW);
        live.accountingSilent(NOW);
        live.restarted();
        assertThat(live.endIfAny()).isEmpty();
    }

    @Test
    void restartForgetsTheEndButNotTheCancellation() {
        live.end().reported(NOW);
        live.end().output().request();
        live.end().cancellation().sent(NOW);
        live.left(NOW);
        live.restarted();
        assertThat(live.end().reportedAt()).isEmpty();
        assertThat(live.end().output().request()).isTrue();
        assertThat(live.end().leftAt()).isEmpty();
        assertThat(live.end().cancellation().sentAt()).contains(NOW);
    }

    @Test
    void answersFromBeforeItLeftDoNotCount() {
        live.accountingSilent(NOW);
        live.end().accountingHasNoRow(NOW);
        live.end().accountingAnswered(NOW);
        live.left(NOW.plusSeconds(1));
        assertThat(live.accountingSilentAt()).isEmpty();
        assertThat(live.end().accountingEmptyAnswers()).isZero();
        assertThat(live.end().accountingAnsweredAt()).isEmpty();
        assertThat(live.end().leftAt()).contains(NOW.plusSeconds(1));
    }

    @Test
    void sourceThatKnowsTheJobEndsTheCountOfItsLoss() {
        live.end().unknown(NOW, Counted.CONTROLLER_ALONE, GAP_MAX);
        live.end().unknown(NOW.plusSeconds(40), Counted.CONTROLLER_ALONE, GAP_MAX);
        assertThat(live.end().unknownFor()).isEqualTo(Duration.ofSeconds(40));
        live.known();
        assertThat(live.end().isUnknown()).isFalse();
        assertThat(live.end().unknownFor()).isZero();
    }

    @Test
    void silenceOfASourceRestartsTheCountOfTheLoss() {
        live.end().unknown(NOW, Counted.BOTH, GAP_MAX);
        live.end().accountingHasNoRow(NOW);
        live.accountingSilent(NOW);
        live.end().unknown(NOW.plusSeconds(10), Counted.BOTH, GAP_MAX);
        assertThat(live.end().unknownFor()).isZero();
        assertThat(live.end().isUnknown()).isTrue();
        live.controllerSilent(NOW);
        assertThat(live.end().isUnknown()).isFalse();
    }

    @Test
    void cancellationIsRepeatedAfterPausesThatDouble() {
        Cancellation cancellation = live.end().cancellation();
        assertThat(cancellation.sent(NOW)).isEqualTo(Duration.ofSeconds(15));
        assertThat(cancellation.sent(NOW.plusSeconds(15))).isEqualTo(Duration.ofSeconds(30));
        assertThat(cancellation.isTooSoonAgain(NOW.plusSeconds(29))).isTrue();
        assertThat(cancellation.isTooSoonAgain(NOW.plusSeconds(30))).isFalse();
    }
}
