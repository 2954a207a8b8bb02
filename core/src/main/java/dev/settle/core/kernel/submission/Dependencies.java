package dev.settle.core.kernel.submission;

import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who waits for whom: counts down what an item waits for, and passes failures on without recursion. */
public final class Dependencies {
    private final KernelContext context;
    private final Map<ItemId, List<Item>> dependents = new HashMap<>();
    private final Map<ItemId, Integer> waitingFor = new HashMap<>();
    /** Whose dependents were told of its completion: a correction that confirms it must not tell them twice. */
    private final Set<ItemId> counted = new HashSet<>();

    public Dependencies(KernelContext context) {
        this.context = context;
    }

    /**
     * Takes items in. A completion that was told has passed for them; they hear of one that is still to be told, such as
     * that of the item that generated them, with all others that wait for it.
     *
     * @return the items that wait for nothing
     */
    public List<Item> take(List<Item> items) {
        List<Item> free = new ArrayList<>();
        for (Item item : items) {
            int waiting = 0;
            for (ItemId dep : item.plan().deps()) {
                dependents.computeIfAbsent(dep, d -> new ArrayList<>(2)).add(item);
                if (!counted.contains(dep) || !isSatisfied(context.item(dep))) {
                    waiting++;
                }
            }
            if (waiting > 0) {
                waitingFor.put(item.id(), waiting);
            }
            if (waiting == 0 && item.state() == ItemState.PENDING) {
                free.add(item);
            }
        }
        return free;
    }

    /** Dependents start only after a confirmed completion (contract.md, 4.9). */
    private boolean isSatisfied(Item dep) {
        return dep.state() == ItemState.COMPLETED
                && (!dep.isUnconfirmed() || context.policy().confirmation() == Policy.Confirmation.WAIVED);
    }

    /**
     * Tells the dependents of an ended item.
     *
     * @return the items that wait for nothing any more
     */
    public List<Item> ended(Item item) {
        List<Item> free = new ArrayList<>();
        if (isSatisfied(item)) {
            if (!counted.add(item.id())) {
                return free;
            }
            revive(item);
            for (Item dependent : dependents.getOrDefault(item.id(), List.of())) {
                int left = waitingFor.merge(dependent.id(), -1, Integer::sum);
                if (left == 0 && dependent.state() == ItemState.PENDING) {
                    free.add(dependent);
                }
            }
        } else if (item.state() == ItemState.FAILED
                || item.state() == ItemState.CANCELLED
                || item.state() == ItemState.DEP_FAILED) {
            fail(item);
        }
        return free;
    }

    /**
     * An item that was given up for lost completed after all, or is tried again: what did not start because of it may
     * start now, or once it has completed (conformance.md, D-11).
     */
    private void revive(Item item) {
        Deque<Item> queue = new ArrayDeque<>();
        queue.add(item);
        while (!queue.isEmpty() && context.state().ended().isEmpty()) {
            for (Item dependent : dependents.getOrDefault(queue.remove().id(), List.of())) {
                boolean stillBarred = dependent.plan().deps().stream()
                        .map(context::item)
                        .anyMatch(dep -> dep.state().isEnd() && dep.state() != ItemState.COMPLETED);
                if (dependent.state() == ItemState.DEP_FAILED && !stillBarred) {
                    context.emit(new ItemEvent.Reopened(dependent.id()));
                    queue.add(dependent);
                }
            }
        }
    }

    /** An item that had ended is tried again: its dependents, which did not start because of it, wait for that. */
    public void retried(Item item) {
        revive(item);
    }

    private void fail(Item first) {
        Deque<Item> queue = new ArrayDeque<>();
        queue.add(first);
        while (!queue.isEmpty()) {
            Item failed = queue.remove();
            for (Item dependent : dependents.getOrDefault(failed.id(), List.of())) {
                if (dependent.state() == ItemState.PENDING && !dependent.isIntended()) {
                    context.emit(new ItemEvent.DepFailed(dependent.id(), failed.id()));
                    queue.add(dependent);
                }
            }
        }
    }
}
