package dev.settle.core.view.html.page;

import dev.settle.core.run.Item;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.MatrixValues;
import dev.settle.core.view.MetricsSummary;
import dev.settle.core.view.RunView;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The metrics of the items: figures, bars, and one against another.
 *
 * @param axes what a scatter can show: numeric matrix values and metrics
 */
public record MetricCharts(List<Figures> figures, List<String> axes, List<Scatter> scatter) {
    private static final int BARS_MAX = 40;
    private static final int BINS = 20;
    private static final int POINTS_MAX = 2_000;

    public MetricCharts {
        figures = List.copyOf(figures);
        axes = List.copyOf(axes);
        scatter = List.copyOf(scatter);
    }

    /** A bar: of an item, or of the items within a range. */
    public record Bar(String label, String value, String x, String width) {}

    /**
     * A metric.
     *
     * @param ranges whether the bars count items within ranges
     */
    public record Figures(String name, int count, String mean, String min, String max, boolean ranges, List<Bar> bars) {
        public Figures {
            bars = List.copyOf(bars);
        }

        public int height() {
            return bars.size() * 18 + 4;
        }
    }

    /** A point, in percent from the left and from the top. */
    public record Point(String x, String y, String title) {}

    /** One against the other. */
    public record Scatter(
            String xName, String yName, String xMin, String xMax, String yMin, String yMax, List<Point> points) {
        public Scatter {
            points = List.copyOf(points);
        }
    }

    static MetricCharts of(RunView view) {
        List<Item> items = view.items();
        List<String> names = ItemTable.metrics(items);
        Map<String, MetricsSummary.Figures> summary = MetricsSummary.of(items).byName();
        List<Figures> figures = new ArrayList<>();
        for (String name : names) {
            MetricsSummary.Figures each = summary.get(name);
            if (each != null) {
                boolean ranges = each.count() > BARS_MAX;
                figures.add(new Figures(
                        name,
                        each.count(),
                        Amounts.number(each.mean()),
                        Amounts.number(each.min()),
                        Amounts.number(each.max()),
                        ranges,
                        ranges ? ranges(items, name, each) : bars(items, name, each)));
            }
        }
        Set<String> axes = new LinkedHashSet<>();
        for (String key : MatrixValues.keys(items, ItemTable.VALUES_MAX)) {
            if (items.stream().anyMatch(item -> isNumber(value(item, key)))) {
                axes.add(key);
            }
        }
        figures.forEach(each -> axes.add(each.name()));
        List<String> found = List.copyOf(axes);
        List<Scatter> scatter = new ArrayList<>();
        if (found.size() >= 2 && !figures.isEmpty()) {
            String y = figures.get(0).name();
            String x = found.get(0).equals(y) ? found.get(1) : found.get(0);
            scatter.add(scatter(items, x, y));
        }
        return new MetricCharts(figures, found, scatter);
    }

    private static List<Bar> bars(List<Item> items, String name, MetricsSummary.Figures all) {
        double low = Math.min(0, all.min());
        double size = Math.max(0, all.max()) - low;
        List<Bar> bars = new ArrayList<>();
        for (Item item : items) {
            double value = value(item, name);
            if (isNumber(value)) {
                double from = size == 0 ? 0 : (Math.min(0, value) - low) / size;
                double width = size == 0 ? 0 : Math.abs(value) / size;
                bars.add(new Bar(item.id().value(), Amounts.number(value), Scale.percent(from), Scale.percent(width)));
            }
        }
        return bars;
    }

    private static List<Bar> ranges(List<Item> items, String name, MetricsSummary.Figures all) {
        int[] counts = new int[BINS];
        double step = (all.max() - all.min()) / BINS;
        int most = 1;
        for (Item item : items) {
            double value = value(item, name);
            if (isNumber(value)) {
                int bin = step > 0 ? (int) Math.min(BINS - 1, (value - all.min()) / step) : 0;
                counts[bin]++;
                most = Math.max(most, counts[bin]);
            }
        }
        List<Bar> bars = new ArrayList<>();
        for (int i = 0; i < (step > 0 ? BINS : 1); i++) {
            bars.add(new Bar(
                    "from " + Amounts.number(all.min() + i * step),
                    String.valueOf(counts[i]),
                    "0%",
                    Scale.percent((double) counts[i] / most)));
        }
        return bars;
    }

    private static Scatter scatter(List<Item> items, String x, String y) {
        List<Item> both = items.stream()
                .filter(item -> isNumber(value(item, x)) && isNumber(value(item, y)))
                .limit(POINTS_MAX)
                .toList();
        double[] xs = both.stream().mapToDouble(item -> value(item, x)).toArray();
        double[] ys = both.stream().mapToDouble(item -> value(item, y)).toArray();
        double xMin = java.util.Arrays.stream(xs).min().orElse(0);
        double xMax = java.util.Arrays.stream(xs).max().orElse(0);
        double yMin = java.util.Arrays.stream(ys).min().orElse(0);
        double yMax = java.util.Arrays.stream(ys).max().orElse(0);
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < xs.length; i++) {
            points.add(new Point(
                    Scale.percent(place(xs[i], xMin, xMax)),
                    Scale.percent(1 - place(ys[i], yMin, yMax)),
                    both.get(i).id() + ": " + Amounts.number(xs[i]) + ", " + Amounts.number(ys[i])));
        }
        return new Scatter(
                x, y, Amounts.number(xMin), Amounts.number(xMax), Amounts.number(yMin), Amounts.number(yMax), points);
    }

    /** Within a margin, so that no point lies on an edge. */
    private static double place(double value, double min, double max) {
        return max > min ? 0.03 + 0.94 * ((value - min) / (max - min)) : 0.5;
    }

    private static boolean isNumber(double value) {
        return !Double.isNaN(value) && !Double.isInfinite(value);
    }

    /** The metric or the matrix value of this name; NaN where there is none or it is no number. */
    private static double value(Item item, String name) {
        Double metric = item.metrics().get(name);
        if (metric != null) {
            return metric;
        }
        try {
            return Double.parseDouble(MatrixValues.of(item).getOrDefault(name, "NaN"));
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
