package dev.settle.app.engine;

import dev.settle.app.process.App;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunState;
import dev.settle.core.runfile.GeneratedItems;
import dev.settle.core.runfile.ReadContext;
import dev.settle.core.runfile.RunFiles;
import dev.settle.core.runfile.tree.Problem;
import java.nio.file.Path;
import java.util.List;

/** Reads and checks the items that an item generated, against the run as it is now. */
public final class Generated implements Performer.GeneratedReader {
    private final App app;

    public Generated(App app) {
        this.app = app;
    }

    @Override
    public Found read(Path file, RunState state, ItemId by) {
        ReadContext around = new ReadContext(
                Path.of(state.opened().directory()), app.environment().home(), planned -> state.opened()
                        .backend());
        List<ItemId> existing = state.items().stream().map(Item::id).toList();
        GeneratedItems read = RunFiles.readGenerated(file, state.plan(), existing, around);
        read.warnings().forEach(warning -> app.console().notice("settle: warning: " + warning));
        return new Found(
                read.items(), read.problems().stream().map(Problem::toString).toList());
    }
}
