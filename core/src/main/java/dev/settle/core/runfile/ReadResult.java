package dev.settle.core.runfile;

import dev.settle.core.model.Plan;
import dev.settle.core.runfile.tree.Problem;
import java.util.List;
import java.util.Optional;

/**
 * What came of reading a run file: a plan, or all its problems.
 *
 * @param plan present if and only if there are no problems
 * @param problems why the file is refused, in the order of the file
 * @param warnings what is accepted but was perhaps not meant
 */
public record ReadResult(Optional<Plan> plan, List<Problem> problems, List<Problem> warnings) {
    public ReadResult {
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
        if (plan.isPresent() != problems.isEmpty()) {
            throw new IllegalArgumentException("a plan or problems, never both: " + problems);
        }
    }
}
