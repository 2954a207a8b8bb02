package dev.settle.core.kernel;

import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.run.DurableUpTo;
import dev.settle.core.run.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What was decided and is not on disk yet, in its order. One thread. */
public final class Undurable {
    /** @param commands those that are still to be performed once the journal has the entry of that number */
    private record Waiting(long lastNumber, List<Entry> entries, List<KernelCommand> commands) {}

    private final Deque<Waiting> waiting = new ArrayDeque<>();

    public void add(Decision decision) {
        waiting.addLast(new Waiting(decision.lastNumber(), decision.entries(), new ArrayList<>(decision.commands())));
    }

    /** An entry from which no command follows. */
    public void add(Entry entry) {
        waiting.addLast(new Waiting(entry.number(), List.of(entry), new ArrayList<>()));
    }

    /** Takes out the queries: they change nothing outside, and need no record first. */
    public List<KernelCommand> takeQueries() {
        List<KernelCommand> queries = new ArrayList<>();
        for (Waiting each : waiting) {
            each.commands().stream().filter(Decision::isQuery).forEach(queries::add);
            each.commands().removeIf(Decision::isQuery);
        }
        return queries;
    }

    /** Gives everything up: it will never be on disk. */
    public void clear() {
        waiting.clear();
    }

    /** Takes out what the journal has. */
    public Durable release(DurableUpTo proof) {
        List<Entry> entries = new ArrayList<>();
        List<KernelCommand> commands = new ArrayList<>();
        while (!waiting.isEmpty() && proof.covers(waiting.peekFirst().lastNumber())) {
            Waiting released = waiting.removeFirst();
            entries.addAll(released.entries());
            commands.addAll(released.commands());
        }
        return new Durable(entries, commands);
    }
}
