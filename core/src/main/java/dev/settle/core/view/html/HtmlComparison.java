package dev.settle.core.view.html;

import dev.settle.core.view.RunView;
import dev.settle.core.view.html.page.ComparePage;
import java.io.IOException;

/** Two runs side by side, as a page like {@link HtmlReport}. */
public final class HtmlComparison {
    private HtmlComparison() {}

    /** Writes the page. */
    public static void write(RunView before, RunView after, Appendable out) throws IOException {
        Pages.render("compare.jte", ComparePage.of(before, after), out);
    }
}
