package dev.settle.app.creation;

import dev.settle.app.process.Failure;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunPhase;
import dev.settle.core.run.RunState;
import dev.settle.core.run.StopReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which items of an ended run a resume takes up again. */
public final class ResumeSelection {
    /** What besides {@code --from} is taken up. */
    public enum What {
        /** All without a good verdict. */
        ALL,
        /** What failed or was cancelled, and what depends on that. */
        FAILED
    }

    private final RunState state;
    private final What what;

    public ResumeSelection(RunState state, What what) {
        this.state = state;
        this.what = what;
    }

    /**
     * The events that take the run up again; empty when nothing of it could go on.
     *
     * @param from also run again, with all that depends on it, however they ended
     * @param replanned what changes of the plan
     */
    public Optional<List<RunEvent>> events(
            Optional<ItemId> from, RunEvent.Resumed resumed, Optional<RunEvent.Replanned> replanned) {
        List<RunEvent> events = new ArrayList<>();
        events.add(resumed);
        replanned.ifPresent(events::add);
        Set<ItemId> removed =
                Set.copyOf(replanned.map(RunEvent.Replanned::removed).orElse(List.of()));
        // Whose turn it is in a run from a step queue, the service says; a foreign job cannot be run again.
        boolean chosenElsewhere =
                state.plan().queue().isPresent() || state.opened().watched();
        if (!chosenElsewhere) {
            Set<ItemId> again = from.isPresent() ? downstream(Set.of(from.get())) : Set.of();
            Set<ItemId> lacking = what == What.ALL ? lacking() : downstream(lacking());
            for (Item item : state.items()) {
                boolean lacks = item.state() != ItemState.COMPLETED && lacking.contains(item.id());
                if (item.state().isEnd() && !removed.contains(item.id()) && (again.contains(item.id()) || lacks)) {
                    refuseToGenerateTwice(item);
                    events.add(new RunEvent.OfItem(new ItemEvent.Reopened(item.id())));
                }
            }
        }
        // A run that was interrupted may have had nothing left but its verdict.
        boolean interrupted = state.phase() == RunPhase.INTERRUPTED
                && state.ended().orElseThrow().reason() != StopReason.UNCONFIRMED;
        boolean changed = replanned
                .filter(event -> !event.items().isEmpty() || !event.removed().isEmpty())
                .isPresent();
        boolean goesOn = changed
                || events.size() > (replanned.isPresent() ? 2 : 1)
                || (interrupted && state.counts().of(ItemState.NOT_STARTED) == 0)
                || state.counts().open() > 0
                || state.unconfirmed() > 0
                || state.plan().queue().isPresent();
        return goesOn ? Optional.of(events) : Optional.empty();
    }

    private Set<ItemId> lacking() {
        Set<ItemId> lacking = new HashSet<>();
        for (Item item : state.items()) {
            if (lacksGoodVerdict(item)) {
                lacking.add(item.id());
            }
        }
        return lacking;
    }

    private boolean lacksGoodVerdict(Item item) {
        return switch (item.state()) {
            case FAILED, CANCELLED, DEP_FAILED -> true;
            case NOT_STARTED -> what == What.ALL;
            // A completion that nobody confirmed is asked about again, not run again.
            case COMPLETED, PENDING, SUBMITTED, QUEUED, RUNNING, SETTLING -> false;
        };
    }

    /** The items, and all that depends on them. */
    private Set<ItemId> downstream(Set<ItemId> from) {
        Map<ItemId, List<ItemId>> dependents = new HashMap<>();
        for (Item item : state.items()) {
            item.plan().deps().forEach(dep -> dependents
                    .computeIfAbsent(dep, d -> new ArrayList<>(2))
                    .add(item.id()));
        }
        Set<ItemId> found = new HashSet<>(from);
        Deque<ItemId> queue = new ArrayDeque<>(found);
        while (!queue.isEmpty()) {
            for (ItemId next : dependents.getOrDefault(queue.remove(), List.of())) {
                if (found.add(next)) {
                    queue.add(next);
                }
            }
        }
        return found;
    }

    /** Its items are part of the run already, under the same ids. */
    private void refuseToGenerateTwice(Item item) {
        if (item.plan().generatesSource().isPresent() && item.state() == ItemState.COMPLETED) {
            throw Failure.usage(
                    "--from would run " + item.id() + " again, which has generated items of this run already",
                    "name one of the items that it generated, or start a new run");
        }
    }
}
