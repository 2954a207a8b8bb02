package dev.settle.core.view.html;

import dev.settle.core.view.OutputTail;
import dev.settle.core.view.RunView;
import dev.settle.core.view.html.page.Evidence;
import dev.settle.core.view.html.page.ReportPage;
import java.io.IOException;

/**
 * A run as one HTML page that needs nothing else: no request leaves it, and only its own small script runs in it, which
 * sorts, filters and zooms. It is well-formed XML as well, which is how its tests read it.
 */
public final class HtmlReport {
    private HtmlReport() {}

    /** Writes the page without the history behind its verdicts. */
    public static void write(RunView view, OutputTail tail, Appendable out) throws IOException {
        write(view, tail, Evidence.NONE, out);
    }

    /** Writes the page. */
    public static void write(RunView view, OutputTail tail, Evidence evidence, Appendable out) throws IOException {
        Pages.render("report.jte", ReportPage.of(view, tail, evidence), out);
    }
}
