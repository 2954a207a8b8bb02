package dev.settle.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MemoryNeedTest {
    /** As the launcher gives it. */
    private static final long HEAP = 320L << 20;

    private static List<PlanItem> items(int count, String script) {
        List<PlanItem> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(PlanItem.command(new ItemId("item-" + i), script + i));
        }
        return items;
    }

    @Test
    void hundredThousandItemsAndSomeFit() {
        assertThat(MemoryNeed.of(items(110_000, "true "), 1, HEAP)).isEmpty();
    }

    @Test
    void itemsThatWouldNotFitAreRefusedWithWhatTheyNeed() {
        MemoryNeed.Shortfall shortfall =
                MemoryNeed.of(items(100_000, "true "), 100_000, HEAP).orElseThrow();
        assertThat(shortfall.message())
                .isEqualTo("200000 items need 391 MB of memory while they run, and settle has 256 MB for them");
        assertThat(shortfall.hint()).endsWith("export SETTLE_JAVA_OPTS=-Xmx1g");
        assertThat(MemoryNeed.of(items(100_000, "true "), 100_000, 1L << 30)).isEmpty();
    }

    @Test
    void longCommandsCount() {
        String script = "x".repeat(20_000);
        assertThat(MemoryNeed.of(items(10_000, "x"), 0, HEAP)).isEmpty();
        List<PlanItem> different = new ArrayList<>();
        List<PlanItem> alike = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            different.add(PlanItem.command(new ItemId("item-" + i), script).withArguments(List.of()));
            alike.add(different.get(i));
        }
        assertThat(MemoryNeed.of(alike, 0, HEAP)).as("one text for all").isEmpty();
        PlanItem other = PlanItem.command(new ItemId("other"), script + "y");
        for (int i = 0; i < 20_000; i += 2) {
            different.set(i, other);
        }
        assertThat(MemoryNeed.of(different, 0, HEAP)).isPresent();
    }
}
