package dev.settle.core.runfile;

import dev.settle.core.model.PlanItem;
import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import java.util.List;
import java.util.Optional;

/**
 * An item that is read, but whose dependencies are still the words of the file.
 *
 * @param item without dependencies; empty when it has no id that can be used, which is a problem already
 * @param base the id as the file has it; several items of one matrix share it. Empty when there is none
 * @param deps as written
 */
record UnresolvedItem(Optional<PlanItem> item, String base, int line, int column, DocumentPath trail, List<Dep> deps) {
    /** The same of something that cannot be an item; its id and its dependencies are looked at all the same. */
    UnresolvedItem withoutItem() {
        return new UnresolvedItem(Optional.empty(), base, line, column, trail, deps);
    }

    /** One dependency as written, with its place. */
    record Dep(String text, Node node, DocumentPath trail) {}
}
