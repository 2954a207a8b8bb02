package dev.settle.core.runfile;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.PlanItem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds items that wait for each other in a circle. It keeps its own stack: chains of 100,000 items are ordinary. */
final class Cycles {
    /** Of a longer circle only both ends are shown. */
    private static final int SHOWN_MAX = 12;

    private static final byte NEW = 0;
    private static final byte OPEN = 1;
    private static final byte DONE = 2;

    private final List<PlanItem> items;
    private final Map<ItemId, Integer> position = new HashMap<>();
    private final byte[] state;

    /** For each open item, how many of its dependencies have been followed. */
    private final int[] followed;

    private final int[] path;

    private Cycles(List<PlanItem> items) {
        this.items = items;
        this.state = new byte[items.size()];
        this.followed = new int[items.size()];
        this.path = new int[items.size()];
        for (int i = 0; i < items.size(); i++) {
            position.put(items.get(i).id(), i);
        }
    }

    /** One circle: the position of its first item, and its path {@code a -> b -> a}. */
    record Cycle(int position, String path) {}

    /** A circle through each item where one closes; empty when there is none. */
    static List<Cycle> of(List<PlanItem> items) {
        Cycles search = new Cycles(items);
        List<Cycle> cycles = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            if (search.state[i] == NEW) {
                search.walk(i, cycles);
            }
        }
        return cycles;
    }

    private void walk(int root, List<Cycle> cycles) {
        int depth = 0;
        path[0] = root;
        state[root] = OPEN;
        while (depth >= 0) {
            int at = path[depth];
            List<ItemId> deps = items.get(at).deps();
            if (followed[at] == deps.size()) {
                state[at] = DONE;
                depth--;
                continue;
            }
            // Items that ran before this document are not among the items, and cannot wait for it.
            int next = position.getOrDefault(deps.get(followed[at]++), -1);
            if (next < 0 || state[next] == DONE) {
                continue;
            }
            if (state[next] == NEW) {
                state[next] = OPEN;
                path[++depth] = next;
            } else {
                cycles.add(circle(next, depth));
            }
        }
    }

    private Cycle circle(int first, int depth) {
        int from = depth;
        while (path[from] != first) {
            from--;
        }
        List<String> names = new ArrayList<>();
        int length = depth - from + 1;
        for (int i = from; i <= depth; i++) {
            boolean shown = length <= SHOWN_MAX || i - from < SHOWN_MAX - 3 || depth - i < 2;
            if (shown) {
                names.add(items.get(path[i]).id().value());
            } else if (i - from == SHOWN_MAX - 3) {
                names.add("... " + (length - SHOWN_MAX + 1) + " more ...");
            }
        }
        names.add(items.get(first).id().value());
        return new Cycle(first, String.join(" -> ", names));
    }
}
