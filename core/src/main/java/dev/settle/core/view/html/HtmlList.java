package dev.settle.core.view.html;

import dev.settle.core.run.ItemState;
import dev.settle.core.text.Times;
import dev.settle.core.view.Markup;
import dev.settle.core.view.RunList;
import dev.settle.core.view.RunSummary;
import java.io.IOException;
import java.util.List;

/** All runs as a page of links, in the looks of {@link HtmlReport} and as well-formed. */
public final class HtmlList {
    private HtmlList() {}

    /**
     * Writes the page.
     *
     * @param rowsMax the rest is counted
     */
    public static void write(RunList list, int rowsMax, Appendable out) throws IOException {
        int total = list.runs().size();
        List<RunSummary> rows = list.runs().subList(0, Math.min(total, rowsMax));
        out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
                .append("<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>settle: runs</title>\n<style>\n")
                .append(HtmlStyle.SHEET)
                .append("</style>\n</head>\n<body>\n<header>\n<h1>Runs</h1>\n</header>\n<main>\n");
        if (rows.isEmpty() && list.unreadable().isEmpty()) {
            out.append("<p>No runs yet. Start one with: <code>settle run -- COMMAND</code></p>\n");
        } else if (!rows.isEmpty()) {
            out.append("<table>\n<thead><tr><th scope=\"col\">Run</th><th scope=\"col\">Name</th>")
                    .append("<th scope=\"col\">State</th><th scope=\"col\" class=\"n\">Done</th>")
                    .append("<th scope=\"col\">Created</th><th scope=\"col\">What</th></tr></thead>\n<tbody>\n");
            for (RunSummary run : rows) {
                row(run, out);
            }
            out.append("</tbody>\n</table>\n");
        }
        if (total > rows.size()) {
            out.append("<p>and " + (total - rows.size()) + " more; <code>settle list --json</code> lists all</p>\n");
        }
        for (RunList.Unreadable run : list.unreadable()) {
            out.append("<p class=\"failed\"><span class=\"state\">" + run.state() + "</span> ");
            Markup.escape(out, run.sentence());
            out.append("</p>\n");
        }
        out.append("</main>\n</body>\n</html>\n");
    }

    private static void row(RunSummary run, Appendable out) throws IOException {
        // A run's id is letters and digits, and so is its own link.
        out.append("<tr class=\"" + run.state() + "\"><th scope=\"row\"><a href=\"/runs/" + run.id() + "\">");
        Markup.escape(out, run.id());
        out.append("</a></th><td>");
        Markup.escape(out, run.name());
        out.append("</td><td><span class=\"state\">");
        Markup.escape(out, run.state());
        out.append("</span></td><td class=\"n\">" + run.of(ItemState.COMPLETED) + "/" + run.total() + "</td><td>");
        String created = Times.rfc3339(run.createdAt());
        out.append("<time datetime=\"" + created + "\">" + created + "</time></td><td>");
        Markup.escape(out, run.headline());
        out.append("</td></tr>\n");
    }
}
