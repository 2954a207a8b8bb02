package dev.settle.core.view.html.dashboard;

import java.util.function.IntFunction;

/** Links to the pages of a long list. */
final class Pager {
    private Pager() {}

    static void links(Html out, int page, int last, IntFunction<String> search) {
        if (last <= 1) {
            return;
        }
        link(out, page > 1, "← previous", search, page - 1);
        out.raw("<span>page " + page + " of " + last + "</span>");
        link(out, page < last, "next →", search, page + 1);
    }

    private static void link(Html out, boolean there, String words, IntFunction<String> search, int page) {
        if (there) {
            out.raw("<a href=\"").text(search.apply(page)).raw("\">" + words + "</a>");
        }
    }
}
