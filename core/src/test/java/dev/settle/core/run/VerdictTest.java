package dev.settle.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.testdata.Golden;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class VerdictTest {
    private static final Instant AT = Instant.parse("2026-11-20T23:59:00Z");

    @Test
    void everyStopReasonHasTheStateExitStatusAndWordsThatWereReviewed() {
        StringBuilder table = new StringBuilder();
        for (StopReason reason : StopReason.values()) {
            table.append(reason.word())
                    .append("\n    state     ")
                    .append(reason.ending().phase().word())
                    .append("\n    exit      ")
                    .append(exit(reason, counts(20, 0), 0))
                    .append(", with an unconfirmed item ")
                    .append(exit(reason, counts(20, 0), 1))
                    .append(", with a failed item ")
                    .append(exit(reason, counts(19, 1), 0))
                    .append("\n    headline  ")
                    .append(reason.headline("1 of 20 items failed"))
                    .append("\n    hint      ")
                    .append(reason.hint("k3v9q2m7", Optional.of("https://example.org/topup")))
                    .append('\n');
        }
        Golden.check("stop-reasons.txt", table.toString());
    }

    @Test
    void noReasonMakesASuccessOfARunWhoseItemsDidNotAllComplete() {
        Counts counts = counts(19, 0);
        counts.add(ItemState.NOT_STARTED);
        for (StopReason reason : StopReason.values()) {
            assertThat(exit(reason, counts, 0)).as(reason.word()).isNotZero();
            assertThat(exit(reason, counts(19, 1), 0)).as(reason.word()).isNotZero();
        }
    }

    /** "Could not find out" never shares a code with "failed" or with "succeeded" (contract.md, 2). */
    @Test
    void notKnowingSharesNoExitStatusWithKnowing() {
        assertThat(Verdict.UNCONFIRMED.exitStatus())
                .isNotIn(Verdict.COMPLETED.exitStatus(), Verdict.FAILED.exitStatus());
        assertThat(Verdict.UNREACHABLE.exitStatus())
                .isNotIn(Verdict.COMPLETED.exitStatus(), Verdict.FAILED.exitStatus());
    }

    private static int exit(StopReason reason, Counts counts, int unconfirmed) {
        return Verdict.of(Stop.of(reason, AT), counts, unconfirmed).exitStatus();
    }

    private static Counts counts(int completed, int failed) {
        Counts counts = new Counts();
        for (int i = 0; i < completed; i++) {
            counts.add(ItemState.COMPLETED);
        }
        for (int i = 0; i < failed; i++) {
            counts.add(ItemState.FAILED);
        }
        return counts;
    }
}
