package dev.settle.core.view.html.dashboard;

import dev.settle.core.run.ItemState;
import java.util.List;
import java.util.function.ToIntFunction;

/** How many items are in each state, as a bar. */
final class Counting {
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

    private Counting() {}

    static String bar(ToIntFunction<ItemState> counts, int total) {
        StringBuilder words = new StringBuilder();
        StringBuilder parts = new StringBuilder();
        int done = 0;
        for (ItemState state : ORDER) {
            int count = counts.applyAsInt(state);
            if (count > 0) {
                long from = Math.round((double) WIDTH * done / total);
                done += count;
                long to = Math.round((double) WIDTH * done / total);
                parts.append("<rect class=\"" + state.word() + "\" x=\"" + from + "\" y=\"0\" width=\""
                        + Math.max(2, to - from) + "\" height=\"10\"/>");
                words.append(words.length() == 0 ? "" : ", ")
                        .append(count)
                        .append(' ')
                        .append(state.word());
            }
        }
        return "<svg class=\"bar\" viewBox=\"0 0 " + WIDTH
                + " 10\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"" + words + "\">" + parts + "</svg>";
    }
}
