package dev.settle.core.kernel.submission;

import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.model.Resources;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Items that may be submitted, in the order of the plan; those that ask the scheduler for the same go together. */
final class ReadyItems {
    private final KernelContext context;
    private final TreeSet<Integer> ready = new TreeSet<>();
    private final Map<Resources, TreeSet<Integer>> alike = new HashMap<>();

    ReadyItems(KernelContext context) {
        this.context = context;
    }

    void add(Item item) {
        ready.add(item.index());
        alike.computeIfAbsent(item.requested(), r -> new TreeSet<>()).add(item.index());
    }

    int size() {
        return ready.size();
    }

    boolean isEmpty() {
        return ready.isEmpty();
    }

    /** Takes the first item, and those after it that ask the scheduler for the same. */
    List<Item> next(int most) {
        List<Item> batch = new ArrayList<>();
        while (batch.isEmpty() && !ready.isEmpty()) {
            Resources resources = itemAt(ready.first()).requested();
            TreeSet<Integer> group = alike.getOrDefault(resources, new TreeSet<>());
            while (batch.size() < most && !group.isEmpty()) {
                Item item = itemAt(group.first());
                group.pollFirst();
                ready.remove(item.index());
                if (item.state() == ItemState.PENDING && !item.isIntended()) {
                    batch.add(item);
                }
            }
            if (group.isEmpty()) {
                alike.remove(resources);
            }
        }
        return batch;
    }

    private Item itemAt(int index) {
        return context.state().items().get(index);
    }
}
