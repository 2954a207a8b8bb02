package dev.settle.core.runfile;

import dev.settle.core.model.IdIndex;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.PlanItem;
import dev.settle.core.runfile.keys.Values;
import dev.settle.core.runfile.tree.Problems;
import dev.settle.core.text.Suggest;
import dev.settle.core.text.Wildcard;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Turns dependencies as written into ids: literal ids, the id of a matrix, wildcards. */
final class DepResolver {
    /** Items wait for each other through more edges than this only by mistake. */
    static final long EDGES_MAX = 2_000_000;

    private final Problems problems;
    private final IdIndex index;
    private final Map<String, List<ItemId>> byPattern = new HashMap<>();
    private long edges;

    DepResolver(Problems problems, IdIndex index) {
        this.problems = problems;
        this.index = index;
    }

    /** The ids in the order written, matches of a wildcard in the order of the document, each once. */
    List<ItemId> resolve(UnresolvedItem draft) {
        if (draft.deps().isEmpty() || edges > EDGES_MAX) {
            return List.of();
        }
        List<ItemId> resolved;
        if (draft.deps().size() == 1) {
            resolved = one(draft, draft.deps().get(0));
        } else {
            Set<ItemId> all = new LinkedHashSet<>();
            draft.deps().forEach(dep -> all.addAll(one(draft, dep)));
            resolved = List.copyOf(all);
        }
        edges += resolved.size();
        if (edges > EDGES_MAX) {
            problems.add(
                    draft.line(),
                    draft.column(),
                    draft.trail(),
                    "more than " + EDGES_MAX + " dependencies in all",
                    "let many items wait for one item in between");
        }
        return resolved;
    }

    private List<ItemId> one(UnresolvedItem draft, UnresolvedItem.Dep dep) {
        Optional<ItemId> self = draft.item().map(PlanItem::id);
        String text = dep.text();
        if (self.filter(id -> id.value().equals(text)).isPresent()) {
            problems.add(dep.node(), dep.trail(), "circular dependency: " + text + " -> " + text, "");
            return List.of();
        }
        List<ItemId> exact = index.exactly(text);
        if (!exact.isEmpty()) {
            return exact;
        }
        if (!Wildcard.isOne(text)) {
            if (index.maySpeakOfSpoilt(text)) {
                return List.of();
            }
            problems.add(
                    dep.node(),
                    dep.trail(),
                    "there is no item " + Values.quoted(text),
                    problems.isFull() ? "" : Suggest.didYouMean(text, index.sample()));
            return List.of();
        }
        // Found once for all items that use the same pattern; only an item that matches itself gets a list of its own.
        List<ItemId> matches = byPattern.computeIfAbsent(text, index::matching);
        List<ItemId> others = self.filter(matches::contains).isPresent()
                ? matches.stream().filter(id -> !id.equals(self.get())).toList()
                : matches;
        if (others.isEmpty() && !index.maySpeakOfSpoilt(text)) {
            problems.add(
                    dep.node(),
                    dep.trail(),
                    Values.quoted(text) + " matches no other item",
                    "see settle validate for the ids");
        }
        return others;
    }
}
