package dev.settle.core.runfile;

import dev.settle.core.model.PlanItem;
import dev.settle.core.runfile.tree.Problem;
import java.util.List;

/**
 * What came of reading a generated document: items to append, or all its problems.
 *
 * @param items empty when there are problems, and when the document has none
 */
public record GeneratedItems(List<PlanItem> items, List<Problem> problems, List<Problem> warnings) {
    public GeneratedItems {
        items = List.copyOf(items);
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
        if (!items.isEmpty() && !problems.isEmpty()) {
            throw new IllegalArgumentException("items or problems, never both: " + problems);
        }
    }
}
