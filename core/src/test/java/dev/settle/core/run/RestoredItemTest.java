package dev.settle.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.PlanItem;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class RestoredItemTest {
    private static final Supplier<ItemMemory> UNREADABLE = () -> {
        throw new IllegalStateException("its memory was read");
    };

    private static Item restored(Item.Metrics metrics) {
        PlanItem plan = PlanItem.command(new ItemId("a"), "true");
        return Item.restored(plan, 0, ItemState.COMPLETED, metrics, UNREADABLE);
    }

    /** {@code status} sums metrics up over all items of a run, which may be 100,000. */
    @Test
    void memoryOfAnItemWithoutMetricsIsNotReadToSaySo() {
        assertThat(restored(Item.Metrics.NONE).metrics()).isEmpty();
    }

    @Test
    void memoryOfAnItemWithMetricsIsReadForThem() {
        assertThatThrownBy(() -> restored(Item.Metrics.SOME).metrics()).hasMessage("its memory was read");
    }
}
