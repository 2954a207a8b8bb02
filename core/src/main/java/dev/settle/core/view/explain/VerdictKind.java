package dev.settle.core.view.explain;

import dev.settle.core.model.ItemId;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.RunView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Items of a run that are in one state for one reason, and one of them as an example: the same evidence decided on all.
 *
 * @param ending how they ended, such as {@code exit code 3}; empty while they have not
 * @param confirmedBy absent before the verdict
 * @param rule the rule of evidence that decided; empty before the verdict
 * @param example the first of them in plan order
 */
public record VerdictKind(
        ItemState state, String ending, Optional<ConfirmedBy> confirmedBy, String rule, int count, ItemId example) {
    /** More kinds of one state than this are not told apart: exit codes alone could be 255. */
    static final int KINDS_MAX = 5;

    static final String OTHERS = "other reasons";

    /** The order in which they are asked about: first what went wrong. */
    private static final List<ItemState> BY_INTEREST = List.of(
            ItemState.FAILED,
            ItemState.CANCELLED,
            ItemState.SETTLING,
            ItemState.DEP_FAILED,
            ItemState.NOT_STARTED,
            ItemState.COMPLETED,
            ItemState.RUNNING,
            ItemState.QUEUED,
            ItemState.SUBMITTED,
            ItemState.PENDING);

    private record Key(ItemState state, String ending, Optional<ConfirmedBy> confirmedBy, String rule) {}

    /** The kinds of a run, the most interesting first, and of one state the most frequent first. */
    public static List<VerdictKind> of(RunView view) {
        Map<Key, VerdictKind> kinds = new LinkedHashMap<>();
        for (Item item : view.items()) {
            Optional<Outcome> outcome =
                    item.attempt().outcome().filter(known -> item.state().isEnd());
            Key key = new Key(
                    item.state(),
                    item.state() == ItemState.COMPLETED ? "" : ItemText.ending(item),
                    outcome.map(Outcome::confirmedBy),
                    outcome.map(Outcome::rule).orElse(""));
            kinds.merge(
                    key,
                    new VerdictKind(key.state(), key.ending(), key.confirmedBy(), key.rule(), 1, item.id()),
                    (known, one) -> known.plus(1));
        }
        List<VerdictKind> sorted = new ArrayList<>(kinds.values());
        sorted.sort(Comparator.comparingInt((VerdictKind kind) -> BY_INTEREST.indexOf(kind.state()))
                .thenComparing(Comparator.comparingInt(VerdictKind::count).reversed()));
        return few(sorted);
    }

    /** Of each state the first few, and all others together as one. */
    private static List<VerdictKind> few(List<VerdictKind> sorted) {
        List<VerdictKind> few = new ArrayList<>();
        Map<ItemState, Integer> counts = new EnumMap<>(ItemState.class);
        for (VerdictKind kind : sorted) {
            int number = counts.merge(kind.state(), 1, Integer::sum);
            if (number <= KINDS_MAX) {
                few.add(kind);
            } else if (number == KINDS_MAX + 1) {
                few.add(new VerdictKind(kind.state(), OTHERS, Optional.empty(), "", kind.count(), kind.example()));
            } else {
                few.set(few.size() - 1, few.get(few.size() - 1).plus(kind.count()));
            }
        }
        return few;
    }

    private VerdictKind plus(int more) {
        return new VerdictKind(state, ending, confirmedBy, rule, count + more, example);
    }
}
