package dev.settle.core.view.html.page;

import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.view.RunView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How many items were in which phase, over time.
 *
 * @param layers from the bottom up
 * @param figures the same as numbers, at some of the times
 */
public record CountsChart(List<Layer> layers, int total, List<Tick> ticks, List<Figures> figures) {
    private static final int STEPS = 200;
    private static final int FIGURES = 10;

    public CountsChart {
        layers = List.copyOf(layers);
        ticks = List.copyOf(ticks);
        figures = List.copyOf(figures);
    }

    /**
     * A layer of the chart.
     *
     * @param points of a polygon in a box of 200 by 100
     */
    public record Layer(String css, String name, int last, String points) {}

    /** How many at a time. */
    public record Figures(String at, int completed, int failed, int settling, int running, int waiting) {}

    static CountsChart of(RunView view, Scale scale) {
        // What begins and what ends between two steps; sums of these are the counts.
        int[] running = new int[STEPS + 2];
        int[] settling = new int[STEPS + 2];
        int[] completed = new int[STEPS + 2];
        int[] failed = new int[STEPS + 2];
        for (Item item : view.items()) {
            boolean ended = item.state().isEnd();
            for (Span span : Span.of(view, item)) {
                // What goes on reaches beyond the last step.
                int left = span.state() == ItemState.RUNNING ? STEPS + 1 : step(scale.share(span.left()));
                int settled = span.state() == ItemState.SETTLING ? STEPS + 1 : step(scale.share(span.settled()));
                between(running, step(scale.share(span.started())), left);
                between(settling, left, Math.max(left, settled));
            }
            if (ended && item.settledAt().isPresent()) {
                int from = step(scale.share(item.settledAt().get()));
                between(item.state() == ItemState.COMPLETED ? completed : failed, from, STEPS + 1);
            }
        }
        int total = view.counts().total();
        int[][] counts = {sums(completed), sums(failed), sums(settling), sums(running), new int[STEPS + 1]};
        for (int i = 0; i <= STEPS; i++) {
            counts[4][i] = Math.max(0, total - counts[0][i] - counts[1][i] - counts[2][i] - counts[3][i]);
        }
        String[] css = {"good", "bad", "settle", "run", "wait"};
        String[] names = {"completed", "failed or not started", "settling", "running", "waiting"};
        int[] below = new int[STEPS + 1];
        List<Layer> layers = new ArrayList<>();
        for (int layer = 0; layer < counts.length; layer++) {
            int[] above = new int[STEPS + 1];
            for (int i = 0; i <= STEPS; i++) {
                above[i] = below[i] + counts[layer][i];
            }
            layers.add(new Layer(
                    css[layer], names[layer], counts[layer][STEPS], points(below, above, Math.max(1, total))));
            below = above;
        }
        List<Figures> figures = new ArrayList<>();
        for (int i = 0; i <= FIGURES; i++) {
            int at = i * STEPS / FIGURES;
            figures.add(new Figures(
                    dev.settle.core.view.Amounts.duration(java.time.Duration.ofMillis(scale.millis() * i / FIGURES)),
                    counts[0][at],
                    counts[1][at],
                    counts[2][at],
                    counts[3][at],
                    counts[4][at]));
        }
        return new CountsChart(layers, total, scale.ticks(), figures);
    }

    private static int step(double share) {
        return (int) Math.round(share * STEPS);
    }

    private static void between(int[] changes, int from, int to) {
        changes[from]++;
        changes[to]--;
    }

    private static int[] sums(int[] changes) {
        int[] sums = new int[STEPS + 1];
        int sum = 0;
        for (int i = 0; i <= STEPS; i++) {
            sum += changes[i];
            sums[i] = sum;
        }
        return sums;
    }

    private static String points(int[] below, int[] above, int total) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i <= STEPS; i++) {
            points.append(String.format(Locale.ROOT, "%d,%.1f ", i, 100 - 100.0 * above[i] / total));
        }
        for (int i = STEPS; i >= 0; i--) {
            points.append(String.format(Locale.ROOT, "%d,%.1f ", i, 100 - 100.0 * below[i] / total));
        }
        return points.toString().strip();
    }
}
