package dev.settle.core.kernel;

import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.run.Entry;
import java.util.List;

/** What is on disk: these entries may be shown, and these commands performed. */
public final class Durable {
    private final List<Entry> entries;
    private final List<KernelCommand> commands;

    Durable(List<Entry> entries, List<KernelCommand> commands) {
        this.entries = List.copyOf(entries);
        this.commands = List.copyOf(commands);
    }

    public List<Entry> entries() {
        return entries;
    }

    public List<KernelCommand> commands() {
        return commands;
    }
}
