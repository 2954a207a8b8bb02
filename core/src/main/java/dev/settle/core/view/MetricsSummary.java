package dev.settle.core.view;

import dev.settle.core.run.Item;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The metrics of a run's items, by name.
 *
 * @param byName sorted by name
 */
public record MetricsSummary(Map<String, Figures> byName) {
    public MetricsSummary {
        byName = java.util.Collections.unmodifiableMap(new TreeMap<>(byName));
    }

    /** What the items that reported a metric say together; only finite numbers count. */
    public record Figures(int count, double mean, double min, double max) {
        Figures and(double value) {
            // The running mean cannot overflow where a sum would.
            int more = count + 1;
            return new Figures(more, mean + (value - mean) / more, Math.min(min, value), Math.max(max, value));
        }
    }

    /** Sums up the metrics of items. */
    public static MetricsSummary of(List<Item> items) {
        Map<String, Figures> figures = new TreeMap<>();
        for (Item item : items) {
            for (Map.Entry<String, Double> metric : item.metrics().entrySet()) {
                double value = metric.getValue();
                if (Double.isNaN(value) || Double.isInfinite(value)) {
                    continue;
                }
                Figures before = figures.get(metric.getKey());
                figures.put(metric.getKey(), before == null ? new Figures(1, value, value, value) : before.and(value));
            }
        }
        return new MetricsSummary(figures);
    }
}
