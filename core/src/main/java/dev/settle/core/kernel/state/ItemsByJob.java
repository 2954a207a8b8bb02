package dev.settle.core.kernel.state;

import dev.settle.core.run.Item;
import dev.settle.core.scheduler.JobId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The items by the job that they are known by. A controller that crashed may give an id out again (slurm.md, 1),
 * to another item of the same run as well: then several are asked about by one id.
 */
public final class ItemsByJob {
    private final Map<JobId, Item> first = new LinkedHashMap<>();
    private final Map<JobId, Set<Item>> others = new HashMap<>();

    /** The item by the job of its current attempt, if it has one. */
    public void add(Item item) {
        item.attempt().jobId().ifPresent(job -> put(job, item));
    }

    /** Takes the item out where its current attempt's job led to it. */
    public void remove(Item item) {
        item.attempt().jobId().ifPresent(job -> remove(job, item));
    }

    /** Takes the item out wherever it is. */
    public void removeAll(Item item) {
        remove(item);
        item.earlier().forEach(attempt -> attempt.jobId().ifPresent(job -> remove(job, item)));
    }

    public void put(JobId job, Item item) {
        Item known = first.putIfAbsent(job, item);
        if (known != null && known != item) {
            others.computeIfAbsent(job, j -> new LinkedHashSet<>()).add(item);
        }
    }

    private void remove(JobId job, Item item) {
        Set<Item> more = others.get(job);
        if (more == null) {
            if (first.get(job) == item) {
                first.remove(job);
            }
            return;
        }
        if (!more.remove(item) && first.get(job) == item) {
            Item next = more.iterator().next();
            more.remove(next);
            first.put(job, next);
        }
        if (more.isEmpty()) {
            others.remove(job);
        }
    }

    public List<Item> of(JobId job) {
        Item known = first.get(job);
        if (known == null) {
            return List.of();
        }
        Set<Item> more = others.get(job);
        if (more == null) {
            return List.of(known);
        }
        List<Item> items = new ArrayList<>(1 + more.size());
        items.add(known);
        items.addAll(more);
        return items;
    }

    public List<Item> all() {
        List<Item> items = new ArrayList<>(first.values());
        others.values().forEach(items::addAll);
        return items;
    }
}
