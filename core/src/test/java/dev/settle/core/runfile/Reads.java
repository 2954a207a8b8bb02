package dev.settle.core.runfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.runfile.tree.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads run files from text, as tests write them. */
public final class Reads {
    public static final ReadContext AROUND =
            new ReadContext(Path.of("/nowhere/dir"), Path.of("/home/ada"), file -> file.map(Plan.BackendName::word)
                    .orElse("local"));

    private Reads() {}

    static ReadResult yaml(String text) {
        return RunFiles.read(text, "run.yaml", AROUND);
    }

    static ReadResult json(String text) {
        return RunFiles.read(text, "run.json", AROUND);
    }

    public static Plan plan(String text) {
        return accepted(yaml(text));
    }

    public static Plan accepted(ReadResult reading) {
        assertThat(reading.problems()).isEmpty();
        return reading.plan().orElseThrow();
    }

    /** The only item of a plan. */
    static PlanItem item(String text) {
        List<PlanItem> items = plan(text).items();
        assertThat(items).hasSize(1);
        return items.get(0);
    }

    static List<String> ids(Plan plan) {
        return plan.items().stream().map(item -> item.id().value()).toList();
    }

    static List<String> deps(Plan plan, String id) {
        PlanItem found = plan.items().stream()
                .filter(item -> item.id().value().equals(id))
                .findFirst()
                .orElseThrow();
        return found.deps().stream().map(ItemId::value).toList();
    }

    /** The problems, one a line. */
    static String problems(ReadResult reading) {
        assertThat(reading.plan()).isEqualTo(Optional.empty());
        return String.join(
                "\n", reading.problems().stream().map(Problem::toString).toList());
    }
}
