package dev.settle.core.view.explain;

import dev.settle.core.model.ItemId;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the journal holds for and against some items' verdicts: collected while the journal is folded, so that a large
 * run is never held in memory as events.
 */
public final class Explanation {
    /** More steps of an item than this are counted, not kept; a job changes its mind a few times, not thousands. */
    public static final int STEPS_MAX = 2_000;

    /**
     * Something that happened to an item.
     *
     * @param attempt the attempt that it happened to
     * @param state the item's state afterwards
     */
    public record Step(Instant at, int attempt, ItemState state, ItemEvent event) {}

    /** The steps of one item. */
    static final class History {
        final List<Step> steps = new ArrayList<>();
        int leftOut;
    }

    private final Map<ItemId, History> histories = new LinkedHashMap<>();
    private final List<VerdictKind> kinds;
    private final List<Entry> ofRun = new ArrayList<>();
    private int leftOut;

    /** Collects what happens to these items, and to the run as a whole. */
    public Explanation(Set<ItemId> items) {
        this(items, List.of());
    }

    /** Explains a run by the kinds of its verdicts, with what happened to one item of each. */
    public static Explanation ofRun(List<VerdictKind> kinds) {
        Set<ItemId> examples = new LinkedHashSet<>();
        kinds.stream().filter(kind -> kind.state().isEnd()).forEach(kind -> examples.add(kind.example()));
        return new Explanation(examples, kinds);
    }

    private Explanation(Set<ItemId> items, List<VerdictKind> kinds) {
        this.kinds = List.copyOf(kinds);
        for (ItemId item : items) {
            histories.put(item, new History());
        }
    }

    /**
     * Takes a journal line in; every line must be given.
     *
     * @param state the run with the line folded in
     */
    public void entry(Entry entry, RunState state) {
        if (!(entry.event() instanceof RunEvent.OfItem ofItem)) {
            if (ofRun.size() < STEPS_MAX) {
                ofRun.add(entry);
            } else {
                leftOut++;
            }
            return;
        }
        ItemEvent event = ofItem.event();
        History history = histories.get(event.item());
        if (history == null) {
            return;
        }
        if (history.steps.size() == STEPS_MAX) {
            history.leftOut++;
            return;
        }
        Item item = state.item(event.item()).orElseThrow();
        // A retry and a requeue end one attempt and begin the next; they belong to the one that ended.
        boolean ends = event.kind() == ItemEvent.Kind.RETRIED || event.kind() == ItemEvent.Kind.REQUEUED;
        int attempt = item.attempt().number() - (ends ? 1 : 0);
        history.steps.add(new Step(entry.at(), attempt, item.state(), event));
    }

    /** The kinds of verdicts, where the run as a whole is explained. */
    List<VerdictKind> kinds() {
        return kinds;
    }

    /** The items that were asked for, or the examples. */
    Set<ItemId> items() {
        return Collections.unmodifiableSet(histories.keySet());
    }

    List<Step> steps(ItemId item) {
        return Collections.unmodifiableList(history(item).steps);
    }

    /** How many steps of the item were not kept. */
    int leftOut(ItemId item) {
        return history(item).leftOut;
    }

    private History history(ItemId item) {
        History history = histories.get(item);
        if (history == null) {
            throw new IllegalArgumentException("nothing was collected of " + item);
        }
        return history;
    }

    /** What happened to the run as a whole, oldest first. */
    List<Entry> ofRun() {
        return Collections.unmodifiableList(ofRun);
    }

    /** How many of these were not kept. */
    int leftOut() {
        return leftOut;
    }
}
