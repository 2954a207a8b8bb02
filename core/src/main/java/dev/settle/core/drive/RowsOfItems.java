package dev.settle.core.drive;

import dev.settle.core.item.Item;
import dev.settle.core.port.JobId;
import dev.settle.core.port.Sighting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of an answer by the items that they may be of. One row an item is the rule, of 100,000 items as well: a list
 * is kept only for those that have more.
 */
final class RowsOfItems {
    private final @Nullable Sighting[] first;
    private final Map<Item, List<Sighting>> all = new HashMap<>();

    /** @param items how many the run has */
    RowsOfItems(List<Sighting> rows, JobItems byJob, int items) {
        first = new Sighting[items];
        for (Sighting row : rows) {
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

    private void add(Item item, Sighting row) {
        Sighting before = first[item.index()];
        if (before == null) {
            first[item.index()] = row;
        } else {
            all.computeIfAbsent(item, any -> new ArrayList<>(List.of(before))).add(row);
        }
    }

    /** In the order of the answer. */
    List<Sighting> of(Item item) {
        Sighting one = first[item.index()];
        if (one == null) {
            return List.of();
        }
        List<Sighting> several = all.get(item);
        return several == null ? List.of(one) : several;
    }
}
