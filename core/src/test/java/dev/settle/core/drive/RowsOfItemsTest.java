package dev.settle.core.drive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.item.Item;
import dev.settle.core.item.ItemEvent;
import dev.settle.core.plan.ItemId;
import dev.settle.core.plan.PlanItem;
import dev.settle.core.port.JobId;
import dev.settle.core.port.JobState;
import dev.settle.core.port.Sighting;
import dev.settle.core.port.Source;
import dev.settle.core.port.SubmitToken;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RowsOfItemsTest {
    private static final Instant AT = Instant.parse("2026-11-21T00:10:00Z");
    private static final SubmitToken TOKEN = new SubmitToken("st0123456789ab");

    private static Item item(int index, JobId job) {
        Item item = new Item(PlanItem.command(new ItemId("i" + index), "true"), index);
        item.apply(new ItemEvent.Intended(item.id(), 1, TOKEN), AT);
        item.apply(new ItemEvent.Submitted(item.id(), job), AT);
        return item;
    }

    private static Sighting row(JobId job, String word) {
        return Sighting.of(Source.SACCT, AT, job, JobState.unknown(word)).build();
    }

    @Test
    void everyItemHasTheRowsOfItsOwnJobInTheirOrder() {
        JobId shared = new JobId("7");
        Item first = item(0, shared);
        Item second = item(1, shared);
        Item other = item(2, new JobId("8"));
        JobItems byJob = new JobItems();
        byJob.put(shared, first);
        byJob.put(shared, second);
        byJob.put(new JobId("8"), other);
        // An earlier attempt's job: its rows are not of the current one.
        byJob.put(new JobId("6"), other);
        List<Sighting> rows =
                List.of(row(shared, "A"), row(new JobId("6"), "B"), row(shared, "C"), row(new JobId("9"), "D"));
        RowsOfItems found = new RowsOfItems(rows, byJob, 3);
        assertThat(found.of(first)).containsExactly(rows.get(0), rows.get(2));
        assertThat(found.of(second)).containsExactly(rows.get(0), rows.get(2));
        assertThat(found.of(other)).isEmpty();
    }
}
