package dev.settle.core.view.html.dashboard;

import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.OutputTail;
import dev.settle.core.view.RunView;
import dev.settle.core.view.Text;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** The live page of one run, in parts that are sent again when they change, and a row for each item. */
public final class RunPage {
    /** What is said of a run whose folder is gone. */
    public static final String REMOVED =
            "This run was removed while it was shown here; what stands below is the last of it.";

    private static final List<String> HEADS =
            List.of("Item", "State", "Attempt", "Job", "Time", "CPU", "Memory", "Node", "Detail");

    private RunPage() {}

    /**
     * The whole page.
     *
     * @param version of the parts
     * @param form the word that forms carry
     */
    public static String page(
            RunView view,
            Map<String, String> parts,
            Map<String, String> rows,
            ItemQuery query,
            long version,
            String form) {
        StringBuilder body = new StringBuilder();
        body.append("<header class=\"top\"><a class=\"back\" href=\"/\">← All runs</a>"
                + "<span>settle <code class=\"id\">" + view.id() + "</code></span></header>\n<main>\n");
        for (String key : List.of("notice", "name", "head")) {
            body.append(parts.getOrDefault(key, "")).append('\n');
        }
        body.append("<p id=\"said\" class=\"banner\" role=\"status\" hidden=\"hidden\"></p>\n");
        for (String key : List.of("actions", "about", "queue")) {
            body.append(parts.getOrDefault(key, "")).append('\n');
        }
        body.append("<h2 id=\"items\">Items</h2>\n")
                .append(parts.getOrDefault("counts", ""))
                .append(filter(query))
                .append(parts.getOrDefault("pages", ""))
                .append("<table>\n<thead><tr>");
        for (String head : HEADS) {
            boolean number = List.of("Attempt", "Time", "CPU", "Memory").contains(head);
            body.append("<th scope=\"col\"" + (number ? " class=\"n\"" : "") + ">" + head + "</th>");
        }
        body.append("</tr></thead>\n<tbody id=\"rows\">\n");
        rows.values().forEach(row -> body.append(row).append('\n'));
        body.append("</tbody>\n</table>\n</main>\n").append(dialogs(view.id(), form));
        return Frame.page(
                parts.getOrDefault("title", ""),
                " data-live=\"live\" data-version=\"" + version + "\" data-now=\""
                        + view.now().toEpochMilli() + "\"",
                body.toString());
    }

    /**
     * The parts that are always there, by their id.
     *
     * @param trouble why nothing new can be shown
     */
    public static Map<String, String> parts(
            RunView view, ItemQuery query, Optional<String> trouble, Handing handing, Optional<Balance> balance) {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("title", title(view));
        parts.put("notice", notice(trouble));
        parts.put("name", name(view));
        parts.put("head", StopBanner.of(view));
        parts.put("actions", actions(view, handing));
        parts.put("about", about(view));
        parts.put("queue", StopBanner.balance(view, balance));
        parts.put("counts", counts(view, query));
        parts.put("pages", pages(view, query));
        return parts;
    }

    public static String notice(Optional<String> trouble) {
        return trouble.isEmpty()
                ? "<p id=\"notice\" hidden=\"hidden\"></p>"
                : new Html()
                        .raw("<p id=\"notice\" class=\"banner bad\" role=\"alert\">")
                        .text(trouble.get())
                        .raw("</p>")
                        .toString();
    }

    private static String title(RunView view) {
        return new Html()
                .raw("<title id=\"title\">")
                .text(view.stateWord() + ": " + view.name())
                .raw("</title>")
                .toString();
    }

    private static String name(RunView view) {
        return new Html()
                .raw("<h1 id=\"name\">")
                .text(view.name())
                .raw(" ")
                .state(view.stateWord())
                .raw("</h1>")
                .toString();
    }

    private static String actions(RunView view, Handing handing) {
        boolean ended = view.isEnded();
        Html out = new Html().raw("<p id=\"actions\" class=\"actions\">");
        button(out, "cancel", "Cancel", "danger", !ended);
        button(out, "resume", "Resume", "", ended && view.exitStatus().orElse(0) != 0);
        button(
                out,
                "detach",
                handing == Handing.CONTINUE ? "Continue in the background" : "Hand over to the background",
                "",
                handing != Handing.NONE);
        button(out, "delete", "Delete", "danger", ended);
        return out.raw("</p>").toString();
    }

    private static void button(Html out, String action, String words, String kind, boolean offered) {
        if (offered) {
            out.raw("<button type=\"button\" id=\"to-" + action + "\" class=\"" + kind + "\" data-opens=\"" + action
                    + "\">" + words + "…</button>");
        }
    }

    private static String dialogs(String id, String form) {
        return dialog(
                        id,
                        form,
                        "cancel",
                        "Cancel this run?",
                        "Its jobs are cancelled, and nothing more of it starts. What completed stays; settle resume runs the rest.",
                        "Cancel the run")
                + dialog(
                        id,
                        form,
                        "resume",
                        "Resume this run?",
                        "What completed is kept; the other items run again, managed by the background engine.",
                        "Resume")
                + dialog(
                        id,
                        form,
                        "detach",
                        "Let the background engine manage this run?",
                        "The run goes on when the terminal is closed in which it was started; a command that manages it now only watches from then on.",
                        "Hand it over")
                + dialog(
                        id,
                        form,
                        "delete",
                        "Delete this run?",
                        "Its journal and logs are deleted for good. Output files that you named yourself stay.",
                        "Delete the run");
    }

    private static String dialog(String id, String form, String action, String heading, String words, String doIt) {
        return "<dialog id=\"" + action + "\" aria-labelledby=\"" + action + "-heading\">\n<h2 id=\"" + action
                + "-heading\">" + heading + "</h2>\n<p>" + words
                + "</p>\n<form class=\"action\" method=\"post\" action=\"/runs/" + id + "/" + action
                + "\"><input type=\"hidden\" name=\"form\" value=\"" + form
                + "\"/><input type=\"hidden\" name=\"confirmed\" value=\"" + id
                + "\"/><p class=\"actions\"><button type=\"button\" data-closes=\"dialog\">Back</button>"
                + "<button type=\"submit\" class=\"danger\">" + doIt + "</button></p></form>\n</dialog>\n";
    }

    private static String about(RunView view) {
        Html out = new Html().raw("<dl id=\"about\" class=\"facts\">\n");
        fact(
                out,
                "Exit status",
                view.exitStatus().isPresent() ? "" + view.exitStatus().getAsInt() : "not yet");
        fact(out, "Backend", view.run().opened().backend());
        out.raw("<div><dt>Created</dt><dd>").time(view.run().createdAt()).raw("</dd></div>\n");
        if (view.run().endedAt().isPresent()) {
            out.raw("<div><dt>Ended</dt><dd>").time(view.run().endedAt().get()).raw("</dd></div>\n");
            fact(out, "Took", Amounts.duration(view.elapsed()));
        } else {
            out.raw("<div><dt>For</dt><dd>")
                    .since(view.run().createdAt(), view.now())
                    .raw("</dd></div>\n");
        }
        if (view.driver().alive()) {
            fact(
                    out,
                    "Managed by",
                    "process " + view.driver().pid().orElse(0) + " on "
                            + view.driver().host().orElse("an unknown host"));
        }
        fact(out, "Directory", view.run().opened().directory());
        return out.raw("</dl>").toString();
    }

    private static void fact(Html out, String name, String value) {
        out.raw("<div><dt>" + name + "</dt><dd>").text(value).raw("</dd></div>\n");
    }

    private static String counts(RunView view, ItemQuery query) {
        int total = view.counts().total();
        Html out = new Html()
                .raw("<div id=\"counts\">" + Counting.bar(view.counts()::of, Math.max(1, total)))
                .raw("<ul class=\"chips\" aria-label=\"Filter by state\">");
        chip(out, "all", total, new ItemQuery(Optional.empty(), query.text(), 1), query);
        for (ItemState state : ItemState.values()) {
            int count = view.counts().of(state);
            if (count > 0 || query.state().filter(one -> one == state).isPresent()) {
                chip(out, state.word(), count, new ItemQuery(Optional.of(state), query.text(), 1), query);
            }
        }
        return out.raw("</ul></div>").toString();
    }

    private static void chip(Html out, String word, int count, ItemQuery to, ItemQuery now) {
        out.raw("<li><a class=\"chip\" id=\"chip-" + word + "\" data-filter=\"filter\" href=\"")
                .text(to.search())
                .raw("\"" + (to.state().equals(now.state()) ? " aria-current=\"true\"" : "") + ">" + word + " " + count
                        + "</a></li>");
    }

    private static String filter(ItemQuery query) {
        return new Html()
                .raw(
                        "<form id=\"filter\" class=\"filter\" role=\"search\"><input type=\"hidden\" name=\"state\" value=\""
                                + query.state().map(ItemState::word).orElse("")
                                + "\"/><input type=\"search\" name=\"text\" aria-label=\"Filter items by text\" "
                                + "placeholder=\"Filter: item, job, node, reason\" value=\"")
                .text(query.text())
                .raw("\"/></form>\n")
                .toString();
    }

    private static String pages(RunView view, ItemQuery query) {
        int found = query.matching(view).size();
        int last = Math.max(1, (found + ItemQuery.ROWS_MAX - 1) / ItemQuery.ROWS_MAX);
        Html out = new Html().raw("<nav id=\"pages\" class=\"pages\" aria-label=\"Pages\">");
        if (found == 0) {
            return out.raw("<span>No item is like that.</span></nav>").toString();
        }
        int from = Math.min(found, (query.page() - 1) * ItemQuery.ROWS_MAX + 1);
        int to = Math.min(found, query.page() * ItemQuery.ROWS_MAX);
        out.raw("<span>"
                + (last == 1 && found == view.counts().total()
                        ? found + (found == 1 ? " item" : " items")
                        : from + "–" + to + " of " + found + (found == 1 ? " item" : " items"))
                + "</span>");
        Pager.links(out, query.page(), last, page -> new ItemQuery(query.state(), query.text(), page).search());
        return out.raw("</nav>").toString();
    }

    /** The id of an item's row. */
    public static String key(Item item) {
        return "i" + item.index();
    }

    /** Where an item has a page of its own. */
    public static String address(String run, Item item) {
        return "/runs/" + run + "/items/"
                + URLEncoder.encode(item.id().value(), StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The row of an item. */
    public static String row(RunView view, Item item, OutputTail tail) {
        Attempt attempt = item.attempt();
        String word = item.state().word();
        Html out = new Html()
                .raw("<tr id=\"" + key(item) + "\" class=\"" + word + "\"><th scope=\"row\"><a href=\"")
                .text(address(view.id(), item))
                .raw("\">")
                .text(item.id().value())
                .raw("</a></th><td>")
                .state(word)
                .raw("</td>");
        cell(out, "n", "attempt", attempt.number() > 1 ? String.valueOf(attempt.number()) : "");
        cell(
                out,
                "id",
                "job",
                attempt.jobId().isPresent() ? attempt.jobId().get().toString() : "");
        out.raw("<td class=\"n\">");
        if (item.state() == ItemState.RUNNING && attempt.startedAt().isPresent()) {
            out.since(attempt.startedAt().get(), view.now());
        } else {
            view.elapsed(item, attempt).map(Amounts::duration).ifPresent(out::text);
        }
        out.raw("</td>");
        OptionalDouble cpu = Amounts.efficiencyPercent(item.usage());
        cell(out, "n", "CPU", cpu.isPresent() ? Amounts.decimal(cpu.getAsDouble(), 1) + "%" : "");
        cell(
                out,
                "n",
                "memory",
                item.usage().maxRssBytes().isPresent()
                        ? Amounts.bytes(item.usage().maxRssBytes().getAsLong())
                        : "");
        cell(out, "node", "on", attempt.node().orElse(""));
        out.raw("<td class=\"what\">");
        what(out, view, item, tail);
        return out.raw("</td></tr>").toString();
    }

    private static void cell(Html out, String kind, String label, String words) {
        out.raw("<td class=\"" + kind + "\"" + (words.isEmpty() ? "" : " data-label=\"" + label + "\"") + ">")
                .text(words)
                .raw("</td>");
    }

    /** The words for how it stands; behind them, for those who open it, what there is to look at. */
    private static void what(Html out, RunView view, Item item, OutputTail tail) {
        String what = ItemText.what(view, item);
        List<String> lines = item.state() == ItemState.FAILED ? tail.lines(item) : List.of();
        if (item.earlier().isEmpty() && item.metrics().isEmpty() && lines.isEmpty() && !item.isUnconfirmed()) {
            out.text(what);
            return;
        }
        out.raw("<details id=\"more-" + item.index() + "\"><summary>")
                .text(what.isEmpty() ? "more" : what)
                .raw("</summary>");
        attempts(out, view, item);
        if (!item.metrics().isEmpty()) {
            out.raw("<ul>");
            for (Map.Entry<String, Double> metric : new TreeMap<>(item.metrics()).entrySet()) {
                out.raw("<li>")
                        .text(metric.getKey() + " = " + Amounts.number(metric.getValue()))
                        .raw("</li>");
            }
            out.raw("</ul>");
        }
        if (!lines.isEmpty()) {
            out.raw("<pre>");
            for (String line : lines.subList(Math.max(0, lines.size() - OutputTail.LINES_MAX), lines.size())) {
                out.lines(Text.clean(line) + "\n");
            }
            out.raw("</pre>");
        }
        out.raw("</details>");
    }

    static void attempts(Html out, RunView view, Item item) {
        for (Attempt earlier : item.earlier()) {
            attempt(out, view, item, earlier);
        }
        attempt(out, view, item, item.attempt());
    }

    private static void attempt(Html out, RunView view, Item item, Attempt attempt) {
        out.raw("<p>Attempt " + attempt.number());
        attempt.jobId().ifPresent(job -> out.text(", job " + job));
        attempt.outcome()
                .ifPresent(outcome -> out.text(", " + outcome.fullPhrase() + ", confirmed by "
                        + outcome.confirmedBy().word()));
        // Of one that runs the time goes on, and stands in its own column.
        if (attempt.outcome().isPresent()) {
            String where = ItemText.where(view, item, attempt);
            out.text(where.isEmpty() ? "" : ", " + where);
        }
        out.raw("</p>");
    }
}
