package dev.settle.core.kernel.evidence;

import dev.settle.core.kernel.state.ItemsByJob;
import dev.settle.core.run.Item;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of an answer by the items that they may be of. One row an item is the rule, of 100,000 items as well: a list
 * is kept only for those that have more.
 */
final class RowsByItem {
    private final @Nullable JobObservation[] first;
    private final Map<Item, List<JobObservation>> all = new HashMap<>();

    /** @param items how many the run has */
    RowsByItem(List<JobObservation> rows, ItemsByJob byJob, int items) {
        first = new JobObservation[items];
        for (JobObservation row : rows) {
            for (Item item : byJob.of(row.jobId())) {
                if (isOf(item, row.jobId())) {
                    add(item, row);
                }
            }
        }
    }

    /** Whether a job is that of the item's current attempt. */
    static boolean isOf(Item item, JobId job) {
        return item.attempt().jobId().isPresent()
                && job.equals(item.attempt().jobId().get());
    }

    private void add(Item item, JobObservation row) {
        JobObservation before = first[item.index()];
        if (before == null) {
            first[item.index()] = row;
        } else {
            all.computeIfAbsent(item, any -> new ArrayList<>(List.of(before))).add(row);
        }
    }

    /** In the order of the answer. */
    List<JobObservation> of(Item item) {
        JobObservation one = first[item.index()];
        if (one == null) {
            return List.of();
        }
        List<JobObservation> several = all.get(item);
        return several == null ? List.of(one) : several;
    }
}
