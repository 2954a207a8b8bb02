package dev.settle.core.runfile;

import dev.settle.core.model.IdIndex;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.PlanItem;
import dev.settle.core.runfile.keys.Values;
import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import dev.settle.core.runfile.tree.Problems;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Reads a list of items: each of them, then what they depend on, then whether they wait for each other in a circle. */
final class ItemsReader {
    /** A run with more items is a slip of the pen. */
    static final int ITEMS_MAX = 1_000_000;

    private static final Node RELEASED = new Node.Scalar(0, 0, Node.Kind.NULL, "");

    private final Problems problems;
    private final IdIndex index = new IdIndex();
    private final Map<ItemId, Integer> lines = new HashMap<>();
    private final List<UnresolvedItem> drafts = new ArrayList<>();

    /** What has no place in the run; its dependencies are checked all the same, so that all problems are told at once. */
    private final List<UnresolvedItem> itemless = new ArrayList<>();

    private boolean full;

    /**
     * A reader of one list.
     *
     * @param existing the items of the run that are there already, in their order
     */
    ItemsReader(Problems problems, Collection<ItemId> existing) {
        this.problems = problems;
        existing.forEach(index::addExisting);
    }

    /** The items in the order of the list, to be used only when there are no problems. */
    List<PlanItem> read(List<Node> nodes, DocumentPath trail, ItemReader reader) {
        Consumer<UnresolvedItem> add = this::add;
        for (int i = 0; i < nodes.size() && !full; i++) {
            reader.read(nodes.get(i), trail.index(i), add);
            // The tree of a large file and its plan do not fit into memory side by side.
            nodes.set(i, RELEASED);
        }
        if (full) {
            problems.add(0, 0, trail, "more than " + ITEMS_MAX + " items", "");
            return List.of();
        }
        return resolved();
    }

    private void add(UnresolvedItem draft) {
        if (drafts.size() + itemless.size() >= ITEMS_MAX) {
            full = true;
        } else if (draft.item().isEmpty()) {
            itemless.add(draft);
            index.addSpoilt(draft.base());
        } else if (index.add(draft.item().get().id(), draft.base())) {
            drafts.add(draft);
            lines.put(draft.item().get().id(), draft.line());
        } else {
            itemless.add(draft);
            ItemId id = draft.item().get().id();
            Integer line = lines.get(id);
            problems.add(
                    draft.line(),
                    draft.column(),
                    draft.trail(),
                    line == null
                            ? "the run has an item " + Values.quoted(id.value()) + " already"
                            : "the id " + Values.quoted(id.value()) + " is there twice",
                    line == null || line == 0
                            ? "every item needs an id of its own"
                            : "line " + line + " has it as well; every item needs an id of its own");
        }
    }

    private List<PlanItem> resolved() {
        DepResolver resolver = new DepResolver(problems, index);
        List<PlanItem> items = new ArrayList<>(drafts.size());
        for (UnresolvedItem draft : drafts) {
            List<ItemId> deps = resolver.resolve(draft);
            PlanItem item = draft.item().orElseThrow();
            items.add(deps.isEmpty() ? item : item.withDeps(deps));
        }
        itemless.forEach(resolver::resolve);
        for (Cycles.Cycle cycle : Cycles.of(items)) {
            UnresolvedItem draft = drafts.get(cycle.position());
            problems.add(draft.line(), draft.column(), draft.trail(), "circular dependency: " + cycle.path(), "");
        }
        return items;
    }
}
