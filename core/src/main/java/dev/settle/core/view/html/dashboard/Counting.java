package dev.settle.core.view.html.dashboard;

import dev.settle.core.run.ItemState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * How many items are in each state, as a bar.
 *
 * @param words the same in words
 */
public record Counting(String words, List<Part> parts) {
    private static final int WIDTH = 1_000;

    /** From what is over to what has not begun. */
    private static final List<ItemState> ORDER = List.of(
            ItemState.COMPLETED,
            ItemState.FAILED,
            ItemState.CANCELLED,
            ItemState.DEP_FAILED,
            ItemState.SETTLING,
            ItemState.RUNNING,
            ItemState.QUEUED,
            ItemState.SUBMITTED,
            ItemState.PENDING,
            ItemState.NOT_STARTED);

    public Counting {
        parts = List.copyOf(parts);
    }

    /** A stretch of the bar, which is 1,000 wide. */
    public record Part(String state, int count, long x, long width) {}

    static Counting of(ToIntFunction<ItemState> counts, int total) {
        List<Part> parts = new ArrayList<>();
        int done = 0;
        for (ItemState state : ORDER) {
            int count = counts.applyAsInt(state);
            if (count > 0) {
                long from = Math.round((double) WIDTH * done / total);
                done += count;
                long to = Math.round((double) WIDTH * done / total);
                parts.add(new Part(state.word(), count, from, Math.max(2, to - from)));
            }
        }
        return new Counting(
                parts.stream().map(part -> part.count() + " " + part.state()).collect(Collectors.joining(", ")), parts);
    }
}
