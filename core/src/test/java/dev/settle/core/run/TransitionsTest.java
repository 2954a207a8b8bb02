package dev.settle.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.testdata.Golden;
import org.junit.jupiter.api.Test;

final class TransitionsTest {

    @Test
    void theTableIsWhatWasReviewed() {
        Golden.check("transitions.txt", Transitions.render());
    }

    @Test
    void everyPairOutsideTheTableIsRefused() {
        int refused = 0;
        for (ItemState from : ItemState.values()) {
            for (ItemEvent.Kind kind : ItemEvent.Kind.values()) {
                if (!Transitions.isLegal(from, kind)) {
                    refused++;
                    assertThatThrownBy(() -> Transitions.next(from, kind, ItemState.COMPLETED))
                            .as(kind + " in " + from)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining(from.word());
                }
            }
        }
        assertThat(refused).isGreaterThan(80);
    }

    /** What has ended leaves its state by a resume, a correction or a late retry, and by nothing else. */
    @Test
    void onlyResumeCorrectionAndLateRetryLeaveAnEnd() {
        for (ItemState from : ItemState.values()) {
            for (ItemEvent.Kind kind : ItemEvent.Kind.values()) {
                boolean moves = from.isEnd()
                        && Transitions.isLegal(from, kind)
                        && Transitions.next(from, kind, ItemState.COMPLETED) != from;
                if (moves) {
                    assertThat(kind)
                            .as("from " + from)
                            .isIn(ItemEvent.Kind.REOPENED, ItemEvent.Kind.CORRECTED, ItemEvent.Kind.RETRIED);
                }
            }
        }
    }

    @Test
    void aVerdictLeadsNowhereButToAVerdict() {
        assertThatThrownBy(() -> Transitions.next(ItemState.SETTLING, ItemEvent.Kind.SETTLED, ItemState.NOT_STARTED))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not_started");
    }
}
