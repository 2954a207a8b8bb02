package dev.settle.core.view.html.page;

import dev.settle.core.view.OutputTail;
import dev.settle.core.view.RunView;

/** The report on a run, prepared for its template. */
public record ReportPage(
        String title,
        String name,
        String style,
        String script,
        String policy,
        Banner banner,
        Failures failures,
        ItemTable items,
        Evidence evidence,
        String written) {

    public static ReportPage of(RunView view, OutputTail tail, Evidence evidence) {
        String style = Assets.style();
        String script = Assets.reportScript();
        return new ReportPage(
                view.name() + ": " + view.headline(),
                view.name(),
                style,
                script,
                Assets.policy(style, script),
                Banner.of(view),
                Failures.of(view, tail, evidence),
                ItemTable.of(view, evidence),
                evidence,
                Banner.time(view.now()));
    }
}
