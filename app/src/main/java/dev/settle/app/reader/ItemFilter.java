package dev.settle.app.reader;

import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemSelection;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The items of a run that a user names, by id, by the id of a matrix or by wildcard; without words all of them. Items that
 * are generated later and match belong to it as well.
 */
public final class ItemFilter {
    private final List<String> words;
    private List<ItemId> ids = List.of();
    private Set<ItemId> known = Set.of();
    private int itemsSeen = -1;

    /** What stands before this has ended. */
    private int ended;

    public ItemFilter(Collection<String> words) {
        this.words = List.copyOf(words);
    }

    /** The items that the words name now. */
    public static List<Item> of(RunState state, Collection<String> words) {
        ItemSelection found = select(state, words);
        if (!found.unknown().isEmpty()) {
            throw unknown(state, found.unknown().get(0));
        }
        return items(state, found.ids());
    }

    private static ItemSelection select(RunState state, Collection<String> words) {
        return ItemSelection.of(state.items().stream().map(Item::id).toList(), words);
    }

    private static List<Item> items(RunState state, List<ItemId> ids) {
        return ids.stream().map(id -> state.item(id).orElseThrow()).toList();
    }

    private static Failure unknown(RunState state, String word) {
        String near = ItemSelection.hint(state.items().stream().map(Item::id).toList(), word);
        return Failure.notFound(
                "run " + state.id() + " has no item '" + word + "'" + (near.isEmpty() ? "" : "; " + near),
                "settle status " + state.id() + " shows its items");
    }

    boolean isAll() {
        return words.isEmpty();
    }

    /** Refuses a word that names no item, unless one that it names may still be generated. */
    void check(RunState state) {
        boolean grows = state.ended().isEmpty()
                && state.items().stream()
                        .anyMatch(item -> item.plan().generatesSource().isPresent()
                                && !item.state().isEnd());
        if (!isAll() && !grows) {
            of(state, words);
        }
    }

    /** Whether an entry tells of one of them, or of the run as a whole. */
    boolean concerns(Entry entry, RunState state) {
        return isAll()
                || !(entry.event() instanceof RunEvent.OfItem of)
                || look(state).known.contains(of.event().item());
    }

    /** Looks the words up again when the run has more items than before. */
    private ItemFilter look(RunState state) {
        if (itemsSeen != state.items().size()) {
            itemsSeen = state.items().size();
            ids = select(state, words).ids();
            known = Set.copyOf(ids);
            ended = 0;
        }
        return this;
    }

    List<Item> items(RunState state) {
        return isAll() ? state.items() : items(state, look(state).ids);
    }

    /** Whether there is nothing more to wait for; asked after every entry, so what has ended is not looked at again. */
    public boolean haveEnded(RunState state) {
        if (isAll()) {
            return false;
        }
        look(state);
        while (ended < ids.size()
                && state.item(ids.get(ended)).orElseThrow().state().isEnd()) {
            ended++;
        }
        if (ended == ids.size() && !ids.isEmpty()) {
            ended = 0;
            return items(state, ids).stream().allMatch(item -> item.state().isEnd());
        }
        return false;
    }

    /** What the run's exit status would be if it had these items alone. */
    ExitStatus status(RunState state, Policy.Confirmation confirmation) {
        ExitStatus status = ExitStatus.COMPLETED;
        for (Item item : items(state)) {
            if (item.state() == ItemState.FAILED
                    || item.state() == ItemState.CANCELLED
                    || item.state() == ItemState.DEP_FAILED) {
                return ExitStatus.ITEMS_FAILED;
            }
            if (item.state() != ItemState.COMPLETED) {
                status = ExitStatus.INTERRUPTED;
            } else if (item.isUnconfirmed()
                    && confirmation == Policy.Confirmation.REQUIRED
                    && status == ExitStatus.COMPLETED) {
                status = ExitStatus.UNCONFIRMED;
            }
        }
        return status;
    }

    /** How they stand, for people: {@code 2 of 3 chosen items completed}, and each other one on a line. */
    String summary(RunState state) {
        List<Item> items = items(state);
        StringBuilder text = new StringBuilder();
        long good = items.stream()
                .filter(item -> item.state() == ItemState.COMPLETED)
                .count();
        text.append(good).append(" of ").append(items.size()).append(" chosen items completed.\n");
        for (Item item : items) {
            if (item.state() != ItemState.COMPLETED) {
                text.append("  ")
                        .append(item.id())
                        .append("  ")
                        .append(item.state().word());
                item.phrase().ifPresent(phrase -> text.append(": ").append(phrase));
                text.append('\n');
            }
        }
        return text.toString();
    }
}
