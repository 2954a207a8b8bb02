package dev.settle.core.view.html.page;

import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.RunView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * All attempts over time: a row per item, or per group of items where there are too many.
 *
 * @param rows items or groups
 * @param grouped whether rows are groups
 * @param height of the drawing in pixels
 */
public record Timeline(List<Row> rows, boolean grouped, int height, List<Tick> ticks) {
    private static final int ROWS_MAX = 150;
    private static final int GROUPS_MAX = 50;
    private static final int STEPS = 120;
    private static final int ROW_HEIGHT = 20;

    /** Shorter phases are drawn in this width, or nobody sees them. */
    private static final double SHARE_MIN = 0.0015;

    public Timeline {
        rows = List.copyOf(rows);
        ticks = List.copyOf(ticks);
    }

    /**
     * A phase of an attempt.
     *
     * @param css {@code wait}, {@code run}, {@code settle}
     */
    public record Bar(String css, String x, String width) {
        /** In pixels: phases differ in more than their colour. */
        public int height() {
            return switch (css) {
                case "wait" -> 4;
                case "settle" -> 8;
                default -> 12;
            };
        }
    }

    /** A verdict, {@code good} or {@code bad}; a bad one stands out by its length as well as by its colour. */
    public record Mark(String css, String x) {}

    /**
     * A row.
     *
     * @param y of its upper edge in pixels
     * @param title what it says in words
     * @param area how many items of a group run, as the points of a polygon in a box of 120 by 16
     */
    public record Row(String label, String state, int y, String title, List<Bar> bars, List<Mark> marks, String area) {
        public Row {
            bars = List.copyOf(bars);
            marks = List.copyOf(marks);
        }

        /** Pixels from the upper edge to a mark: failures stand out by their length too. */
        public int markTop(Mark mark) {
            return mark.css().equals("bad") && area.isEmpty() ? 0 : 4;
        }
    }

    static Timeline of(RunView view, Scale scale) {
        boolean grouped = view.items().size() > ROWS_MAX;
        List<Row> rows = grouped ? groups(view, scale) : items(view, scale);
        return new Timeline(rows, grouped, rows.size() * ROW_HEIGHT + 4, scale.ticks());
    }

    private static List<Row> items(RunView view, Scale scale) {
        List<Row> rows = new ArrayList<>();
        for (Item item : view.items()) {
            List<Bar> bars = new ArrayList<>();
            List<Mark> marks = new ArrayList<>();
            StringBuilder title = new StringBuilder(item.id().value())
                    .append(": ")
                    .append(item.state().word());
            for (Span span : Span.of(view, item)) {
                bar(bars, "wait", scale.share(span.submitted()), scale.share(span.started()));
                bar(bars, "run", scale.share(span.started()), scale.share(span.left()));
                bar(bars, "settle", scale.share(span.left()), scale.share(span.settled()));
                if (span.state().isEnd()) {
                    marks.add(mark(span.state(), scale.percent(span.settled())));
                }
                title.append("; attempt ")
                        .append(span.attempt())
                        .append(" waited ")
                        .append(length(span.submitted(), span.started()))
                        .append(", ran ")
                        .append(length(span.started(), span.left()))
                        .append(", settled in ")
                        .append(length(span.left(), span.settled()));
            }
            rows.add(new Row(
                    item.id().value(),
                    item.state().word(),
                    rows.size() * ROW_HEIGHT,
                    title.toString(),
                    bars,
                    marks,
                    ""));
        }
        return rows;
    }

    private static String length(java.time.Instant from, java.time.Instant to) {
        return Amounts.duration(Duration.between(from, to));
    }

    private static void bar(List<Bar> bars, String css, double from, double to) {
        if (to > from) {
            bars.add(new Bar(css, Scale.percent(from), Scale.percent(Math.max(SHARE_MIN, to - from))));
        }
    }

    private static Mark mark(ItemState state, String x) {
        return new Mark(state == ItemState.COMPLETED ? "good" : "bad", x);
    }

    private static List<Row> groups(RunView view, Scale scale) {
        List<Row> rows = new ArrayList<>();
        List<Item> items = view.items();
        int size = (items.size() + GROUPS_MAX - 1) / GROUPS_MAX;
        for (int from = 0; from < items.size(); from += size) {
            List<Item> group = items.subList(from, Math.min(items.size(), from + size));
            int[] running = new int[STEPS + 1];
            Set<Integer> failures = new TreeSet<>();
            ItemState worst = ItemState.COMPLETED;
            int bad = 0;
            int completed = 0;
            for (Item item : group) {
                for (Span span : Span.of(view, item)) {
                    int begin = (int) (scale.share(span.started()) * STEPS);
                    int end = (int) (scale.share(span.left()) * STEPS);
                    for (int i = begin; i <= end && span.left().isAfter(span.started()); i++) {
                        running[i]++;
                    }
                }
                boolean failed = item.state() == ItemState.FAILED || item.state() == ItemState.CANCELLED;
                bad += failed ? 1 : 0;
                worst = worst == ItemState.COMPLETED || (failed && worst != ItemState.FAILED) ? item.state() : worst;
                if (failed && item.settledAt().isPresent()) {
                    failures.add((int) (scale.share(item.settledAt().get()) * STEPS));
                }
                completed += item.state() == ItemState.COMPLETED ? 1 : 0;
            }
            rows.add(new Row(
                    (from + 1) + "\u2013" + (from + group.size()),
                    worst.word(),
                    rows.size() * ROW_HEIGHT,
                    "Items " + group.get(0).id() + " to "
                            + group.get(group.size() - 1).id() + ": " + completed + " completed, " + bad + " failed",
                    List.of(),
                    failures.stream()
                            .map(step -> new Mark("bad", Scale.percent((double) step / STEPS)))
                            .toList(),
                    area(running)));
        }
        return rows;
    }

    private static String area(int[] running) {
        int most = 1;
        for (int count : running) {
            most = Math.max(most, count);
        }
        StringBuilder points = new StringBuilder("0,16");
        for (int i = 0; i < running.length; i++) {
            points.append(String.format(Locale.ROOT, " %d,%.1f", i, 16 - 15.0 * running[i] / most));
        }
        return points.append(" ").append(running.length - 1).append(",16").toString();
    }
}
