package dev.settle.core.kernel;

import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.run.DurableUpTo;
import dev.settle.core.run.Entry;
import java.time.Instant;
import java.util.List;

/**
 * The kernel's answer to one input. Its entries go to the journal; its commands come out only against the proof that the
 * journal has them.
 */
public final class Decision {
    private final List<Entry> entries;
    private final List<KernelCommand> commands;
    private final long lastNumber;
    private final Instant wakeAt;

    /** @param lastNumber of the newest entry that the decision rests on, be it its own or an earlier one */
    Decision(List<Entry> entries, List<KernelCommand> commands, long lastNumber, Instant wakeAt) {
        this.entries = List.copyOf(entries);
        this.commands = List.copyOf(commands);
        this.lastNumber = lastNumber;
        this.wakeAt = wakeAt;
    }

    /** To be written; they are folded into the kernel's state already. */
    public List<Entry> entries() {
        return entries;
    }

    /** When the kernel wants a tick if nothing else reaches it before, by the machine's clock. */
    public Instant wakeAt() {
        return wakeAt;
    }

    /** The same entries, and nothing to perform. */
    public Decision withoutCommands() {
        return new Decision(entries, List.of(), lastNumber, wakeAt);
    }

    /** Its queries: they change nothing outside, and need no record first. */
    public List<KernelCommand.Query> queries() {
        return commands.stream()
                .filter(Decision::isQuery)
                .map(KernelCommand.Query.class::cast)
                .toList();
    }

    /**
     * What the decision allows now that it is on disk.
     *
     * @throws IllegalStateException when it is not
     */
    public Durable durable(DurableUpTo proof) {
        if (!proof.covers(lastNumber)) {
            throw new IllegalStateException("entry " + lastNumber + " is not on disk; " + proof);
        }
        return new Durable(entries, commands);
    }

    static boolean isQuery(KernelCommand command) {
        return command.kind() == KernelCommand.Kind.QUERY;
    }

    long lastNumber() {
        return lastNumber;
    }

    List<KernelCommand> commands() {
        return commands;
    }
}
