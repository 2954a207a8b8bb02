package dev.settle.core.view;

import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a resume changed of the plan, in words. */
public final class ReplanText {
    private ReplanText() {}

    public static String of(RunEvent.Replanned event) {
        List<String> words = new ArrayList<>();
        if (event.refreshed().isPresent()) {
            words.add("the run file was read again: "
                    + Text.count(event.items().size(), "item") + " changed or added, "
                    + event.removed().size() + " removed");
        }
        if (!event.changes().isEmpty()) {
            words.add("new attempts ask for " + event.changes());
        }
        return String.join("; ", words);
    }

    /** What new attempts ask for in place of what the plan says; empty where that holds. */
    static Optional<String> changes(RunState run) {
        return run.changes().isEmpty()
                ? Optional.empty()
                : Optional.of("New attempts ask for " + run.changes() + " (changed by a resume).");
    }
}
