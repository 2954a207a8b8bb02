package dev.settle.core.view.html.page;

import dev.settle.core.view.OutputTail;
import dev.settle.core.view.PlanText;
import dev.settle.core.view.RunView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.stream.Collectors;

/** The report on a run, prepared for its template. */
public record ReportPage(
        String title,
        String name,
        String style,
        String script,
        String policy,
        Banner banner,
        Failures failures,
        Timeline timeline,
        CountsChart counts,
        ItemTable items,
        MetricCharts metrics,
        UsageTable usage,
        Optional<DependencyGraph> graph,
        Evidence evidence,
        String plan,
        String written) {

    private static final int PLAN_LINES_MAX = 500;

    public static ReportPage of(RunView view, OutputTail tail, Evidence evidence) {
        String style = Assets.style();
        String script = Assets.reportScript();
        Scale scale = Scale.of(view);
        return new ReportPage(
                view.name() + ": " + view.headline(),
                view.name(),
                style,
                script,
                Assets.policy(style, script),
                Banner.of(view),
                Failures.of(view, tail, evidence),
                Timeline.of(view, scale),
                CountsChart.of(view, scale),
                ItemTable.of(view, evidence),
                MetricCharts.of(view),
                UsageTable.of(view),
                DependencyGraph.of(view),
                evidence,
                plan(view),
                Moment.words(view.now()));
    }

    /** As {@code settle validate} prints it. */
    private static String plan(RunView view) {
        StringBuilder text = new StringBuilder();
        try {
            PlanText.tree(view.run().plan(), text, PlanText.Lines.BOXES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long lines = text.chars().filter(character -> character == '\n').count();
        if (lines <= PLAN_LINES_MAX) {
            return text.toString();
        }
        return text.toString().lines().limit(PLAN_LINES_MAX).collect(Collectors.joining("\n")) + "\n... and "
                + (lines - PLAN_LINES_MAX) + " more lines; run.json in the run's folder has the whole plan";
    }
}
