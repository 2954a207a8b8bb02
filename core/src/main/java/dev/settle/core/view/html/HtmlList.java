package dev.settle.core.view.html;

import dev.settle.core.view.RunList;
import dev.settle.core.view.html.page.ListPage;
import java.io.IOException;

/** All runs as a page of links, in the looks of {@link HtmlReport} and as well-formed. */
public final class HtmlList {
    private HtmlList() {}

    /**
     * Writes the page.
     *
     * @param rowsMax the rest is counted
     */
    public static void write(RunList list, int rowsMax, Appendable out) throws IOException {
        Pages.render("list.jte", ListPage.of(list, rowsMax), out);
    }
}
