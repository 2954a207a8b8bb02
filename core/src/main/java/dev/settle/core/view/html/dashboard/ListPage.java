package dev.settle.core.view.html.dashboard;

import dev.settle.core.run.ItemState;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.RunList;
import dev.settle.core.view.RunSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The list of runs, in parts that are sent again when they change. */
public final class ListPage {
    /** More runs than this that need somebody are counted. */
    private static final int ATTENTION_MAX = 10;

    private static final List<String> STATES =
            List.of("running", "stalled", "completed", "failed", "interrupted", "cancelled", "damaged", "unreadable");

    private static final List<String> HEADS = List.of("Run", "Name", "State", "Done", "Created", "Time", "Detail");

    private ListPage() {}

    /**
     * All runs.
     *
     * @param runs newest first
     */
    public record Content(List<RunCard> runs, List<RunList.Unreadable> unreadable) {
        public Content {
            runs = List.copyOf(runs);
            unreadable = List.copyOf(unreadable);
        }
    }

    /** The whole page. */
    public static String page(
            Map<String, String> parts, Map<String, String> rows, ListQuery query, long version, Instant now) {
        StringBuilder body = new StringBuilder();
        body.append("<header class=\"top\"><span>settle</span></header>\n<main>\n<h1>Runs</h1>\n")
                .append(parts.getOrDefault("notice", ""))
                .append(parts.getOrDefault("attention", ""))
                .append(parts.getOrDefault("counts", ""))
                .append(filter(query))
                .append(parts.getOrDefault("pages", ""))
                .append("<table>\n<thead><tr>");
        for (String head : HEADS) {
            boolean number = head.equals("Done") || head.equals("Time");
            body.append("<th scope=\"col\"" + (number ? " class=\"n\"" : "") + ">" + head + "</th>");
        }
        body.append("</tr></thead>\n<tbody id=\"rows\">\n");
        rows.values().forEach(row -> body.append(row).append('\n'));
        body.append("</tbody>\n</table>\n</main>");
        return Frame.page(
                parts.getOrDefault("title", ""),
                " data-live=\"live\" data-version=\"" + version + "\" data-now=\"" + now.toEpochMilli() + "\"",
                body.toString());
    }

    /** The parts that are always there, by their id. */
    public static Map<String, String> parts(Content content, ListQuery query, Optional<String> trouble) {
        Map<String, String> parts = new LinkedHashMap<>();
        List<RunCard> attention =
                content.runs().stream().filter(RunCard::needsAttention).toList();
        parts.put(
                "title",
                "<title id=\"title\">" + (attention.isEmpty() ? "" : "(" + attention.size() + ") ")
                        + "settle: runs</title>");
        parts.put("notice", RunPage.notice(trouble));
        parts.put("attention", attention(attention));
        parts.put("counts", counts(content, query));
        parts.put("pages", pages(content, query));
        return parts;
    }

    /** The rows of the page: damaged runs, of which no time is known, come first. */
    public static Map<String, String> rows(Content content, ListQuery query, Instant now) {
        List<Map.Entry<String, String>> all = new ArrayList<>();
        for (RunList.Unreadable run : unreadable(content, query)) {
            all.add(Map.entry("run-" + run.id(), row(run)));
        }
        int from = (query.page() - 1) * ListQuery.ROWS_MAX;
        int skipped = Math.min(from, all.size());
        List<RunCard> runs = runs(content, query);
        Map<String, String> rows = new LinkedHashMap<>();
        all.stream().skip(skipped).limit(ListQuery.ROWS_MAX).forEach(row -> rows.put(row.getKey(), row.getValue()));
        runs.stream()
                .skip(from - skipped)
                .limit(ListQuery.ROWS_MAX - rows.size())
                .forEach(run -> rows.put("run-" + run.summary().id(), row(run, now)));
        return rows;
    }

    private static List<RunCard> runs(Content content, ListQuery query) {
        return content.runs().stream().filter(query::isAskedFor).toList();
    }

    private static List<RunList.Unreadable> unreadable(Content content, ListQuery query) {
        return content.unreadable().stream().filter(query::isAskedFor).toList();
    }

    /** What stands still, or waits for credits: first, whatever page and filter. */
    private static String attention(List<RunCard> runs) {
        Html out = new Html().raw("<div id=\"attention\">");
        for (RunCard run : runs.subList(0, Math.min(ATTENTION_MAX, runs.size()))) {
            RunSummary summary = run.summary();
            out.raw("<section class=\"banner warn" + (run.credits() ? " credits" : "") + "\"><p class=\"headline\">")
                    .text(summary.headline())
                    .raw("</p>\n<p><a href=\"/runs/" + summary.id() + "\"><code class=\"id\">" + summary.id()
                            + "</code> ")
                    .text(summary.name())
                    .raw("</a> ")
                    .state(summary.state())
                    .raw("</p>\n");
            run.detail().ifPresent(words -> out.raw("<p>").text(words).raw("</p>\n"));
            run.hint()
                    .ifPresent(
                            words -> out.raw("<p class=\"next\">").text(words).raw("</p>\n"));
            run.link().ifPresent(to -> out.raw("<p><a class=\"button top-up\" rel=\"noreferrer\" href=\"")
                    .text(to)
                    .raw("\">Top up</a> <code>")
                    .text(to)
                    .raw("</code></p>\n"));
            out.raw("</section>\n");
        }
        if (runs.size() > ATTENTION_MAX) {
            out.raw("<p class=\"banner warn\">and " + (runs.size() - ATTENTION_MAX)
                    + " more that are stalled or out of credits</p>");
        }
        return out.raw("</div>").toString();
    }

    private static String counts(Content content, ListQuery query) {
        Html out = new Html().raw("<div id=\"counts\"><ul class=\"chips\" aria-label=\"Filter by state\">");
        chip(out, "all", content.runs().size() + content.unreadable().size(), query.withState(Optional.empty()), query);
        for (String state : STATES) {
            long count = content.runs().stream()
                            .filter(run -> run.summary().state().equals(state))
                            .count()
                    + content.unreadable().stream()
                            .filter(run -> run.state().equals(state))
                            .count();
            if (count > 0 || query.state().filter(state::equals).isPresent()) {
                chip(out, state, count, query.withState(Optional.of(state)), query);
            }
        }
        return out.raw("</ul></div>\n").toString();
    }

    private static void chip(Html out, String word, long count, ListQuery to, ListQuery now) {
        out.raw("<li><a class=\"chip\" id=\"chip-" + word + "\" data-filter=\"filter\" href=\"")
                .text(to.search())
                .raw("\"" + (to.state().equals(now.state()) ? " aria-current=\"true\"" : "") + ">" + word + " " + count
                        + "</a></li>");
    }

    private static String filter(ListQuery query) {
        return new Html()
                .raw(
                        "<form id=\"filter\" class=\"filter\" role=\"search\"><input type=\"hidden\" name=\"state\" value=\"")
                .text(query.state().orElse(""))
                .raw("\"/><input type=\"search\" name=\"name\" aria-label=\"Filter runs by name\" "
                        + "placeholder=\"Name, such as nightly*\" value=\"")
                .text(query.name())
                .raw("\"/><input type=\"search\" name=\"text\" aria-label=\"Filter runs by text\" "
                        + "placeholder=\"Text: id, name, what happened\" value=\"")
                .text(query.text())
                .raw("\"/></form>\n")
                .toString();
    }

    private static String pages(Content content, ListQuery query) {
        int found = runs(content, query).size() + unreadable(content, query).size();
        Html out = new Html().raw("<nav id=\"pages\" class=\"pages\" aria-label=\"Pages\">");
        if (content.runs().isEmpty() && content.unreadable().isEmpty()) {
            return out.raw("<span>No runs yet. Start one with: <code>settle run -- COMMAND</code></span></nav>\n")
                    .toString();
        }
        if (found == 0) {
            return out.raw("<span>No run is like that.</span></nav>\n").toString();
        }
        int last = (found + ListQuery.ROWS_MAX - 1) / ListQuery.ROWS_MAX;
        int from = Math.min(found, (query.page() - 1) * ListQuery.ROWS_MAX + 1);
        int to = Math.min(found, query.page() * ListQuery.ROWS_MAX);
        out.raw("<span>" + (last == 1 ? "" : from + "–" + to + " of ") + found + (found == 1 ? " run" : " runs")
                + ", newest first</span>");
        Pager.links(out, query.page(), last, page -> query.withPage(page).search());
        return out.raw("</nav>\n").toString();
    }

    private static String row(RunCard run, Instant now) {
        RunSummary summary = run.summary();
        Html out = new Html()
                .raw("<tr id=\"run-" + summary.id() + "\" class=\"" + summary.state()
                        + "\"><th scope=\"row\"><a class=\"id\" href=\"/runs/" + summary.id() + "\">" + summary.id()
                        + "</a></th><td class=\"name\">")
                .text(summary.name())
                .raw("</td><td>")
                .state(summary.state())
                .raw("</td><td class=\"n\">" + summary.of(ItemState.COMPLETED) + "/" + summary.total()
                        + Counting.bar(summary::of, Math.max(1, summary.total())) + "</td><td>")
                .time(summary.createdAt())
                .raw("</td><td class=\"n\">");
        if (summary.finishedAt().isPresent()) {
            Duration took =
                    Duration.between(summary.createdAt(), summary.finishedAt().get());
            out.text(Amounts.duration(took.isNegative() ? Duration.ZERO : took));
        } else {
            out.since(summary.createdAt(), now);
        }
        return out.raw("</td><td class=\"what\">")
                .text(summary.headline())
                .raw("</td></tr>")
                .toString();
    }

    private static String row(RunList.Unreadable run) {
        return new Html()
                .raw("<tr id=\"run-" + run.id() + "\" class=\"" + run.state()
                        + "\"><th scope=\"row\"><span class=\"id\">")
                .text(run.id())
                .raw("</span></th><td></td><td>")
                .state(run.state())
                .raw("</td><td></td><td></td><td></td><td class=\"what\">")
                .text(run.sentence())
                .raw("</td></tr>")
                .toString();
    }
}
