package dev.settle.core.kernel.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.kernel.state.ItemsByJob;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.PlanItem;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitToken;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RowsByItemTest {
    private static final Instant AT = Instant.parse("2026-11-21T00:10:00Z");
    private static final SubmitToken TOKEN = new SubmitToken("st0123456789ab");

    private static Item item(int index, JobId job) {
        Item item = new Item(PlanItem.command(new ItemId("i" + index), "true"), index);
        item.apply(new ItemEvent.Intended(item.id(), 1, TOKEN), AT);
        item.apply(new ItemEvent.Submitted(item.id(), job), AT);
        return item;
    }

    private static JobObservation row(JobId job, String word) {
        return JobObservation.of(Source.SACCT, AT, job, JobState.unknown(word)).build();
    }

    @Test
    void everyItemHasTheRowsOfItsOwnJobInTheirOrder() {
        JobId shared = new JobId("7");
        Item first = item(0, shared);
        Item second = item(1, shared);
        Item other = item(2, new JobId("8"));
        ItemsByJob byJob = new ItemsByJob();
        byJob.put(shared, first);
        byJob.put(shared, second);
        byJob.put(new JobId("8"), other);
        // An earlier attempt's job: its rows are not of the current one.
        byJob.put(new JobId("6"), other);
        List<JobObservation> rows =
                List.of(row(shared, "A"), row(new JobId("6"), "B"), row(shared, "C"), row(new JobId("9"), "D"));
        RowsByItem found = new RowsByItem(rows, byJob, 3);
        assertThat(found.of(first)).containsExactly(rows.get(0), rows.get(2));
        assertThat(found.of(second)).containsExactly(rows.get(0), rows.get(2));
        assertThat(found.of(other)).isEmpty();
    }
}
