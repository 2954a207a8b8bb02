package dev.settle.core.view.html.dashboard;

import dev.settle.core.run.Item;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.Line;
import dev.settle.core.view.RunView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The live page of one item: how it stands, what it writes, and the evidence behind its verdict. */
public final class ItemPage {
    private ItemPage() {}

    /** The whole page. */
    public static String page(RunView view, Item item, Map<String, String> parts, String form) {
        boolean merged = view.run().plan().queue().isPresent();
        StringBuilder body = new StringBuilder();
        body.append(new Html()
                .raw("<header class=\"top\"><a class=\"back\" href=\"/runs/" + view.id() + "\">← Run ")
                .text(view.name())
                .raw("</a><a href=\"/\">All runs</a></header>\n<main>\n"));
        for (String key : List.of("notice", "name", "head")) {
            body.append(parts.getOrDefault(key, "")).append('\n');
        }
        body.append("<p id=\"said\" class=\"banner\" role=\"status\" hidden=\"hidden\"></p>\n")
                .append(parts.getOrDefault("actions", ""))
                .append(merged ? "" : log("stderr"))
                .append(log("stdout"))
                .append("<h2>Evidence</h2>\n")
                .append(parts.getOrDefault("evidence", ""))
                .append("\n</main>\n")
                .append(cancel(view, item, form));
        return Frame.page(
                parts.getOrDefault("title", ""),
                " data-live=\"live\" data-version=\"0\" data-now=\""
                        + view.now().toEpochMilli() + "\"",
                body.toString());
    }

    private static String log(String stream) {
        return "<h2 id=\"heading-" + stream + "\">" + stream + "</h2>\n<pre id=\"" + stream
                + "\" class=\"log empty\" tabindex=\"0\" role=\"log\" aria-labelledby=\"heading-" + stream
                + "\"></pre>\n";
    }

    private static String cancel(RunView view, Item item, String form) {
        return new Html()
                .raw("""
                        <dialog id="cancel" aria-labelledby="cancel-heading">
                        <h2 id="cancel-heading">Cancel this item?</h2>
                        <p>Its job is cancelled; items that depend on it do not start.</p>
                        <form class="action" method="post" action=\"""")
                .text(RunPage.address(view.id(), item) + "/cancel")
                .raw("\"><input type=\"hidden\" name=\"form\" value=\"" + form
                        + "\"/><input type=\"hidden\" name=\"confirmed\" value=\"" + view.id()
                        + "\"/><p class=\"actions\"><button type=\"button\" data-closes=\"dialog\">Back</button>"
                        + "<button type=\"submit\" class=\"danger\">Cancel the item</button></p></form>\n</dialog>\n")
                .toString();
    }

    /**
     * The parts that are always there, by their id.
     *
     * @param evidence the lines of settle explain
     * @param trouble why nothing new can be shown
     */
    public static Map<String, String> parts(RunView view, Item item, List<Line> evidence, Optional<String> trouble) {
        Map<String, String> parts = new LinkedHashMap<>();
        String word = item.state().word();
        parts.put(
                "title",
                new Html()
                        .raw("<title id=\"title\">")
                        .text(word + ": " + item.id() + ", " + view.name())
                        .raw("</title>")
                        .toString());
        parts.put("notice", RunPage.notice(trouble));
        parts.put(
                "name",
                new Html()
                        .raw("<h1 id=\"name\">")
                        .text(item.id().value())
                        .raw(" ")
                        .state(word)
                        .raw("</h1>")
                        .toString());
        parts.put("head", head(view, item));
        parts.put(
                "actions",
                "<p id=\"actions\" class=\"actions\">"
                        + (item.state().isEnd() || view.isEnded()
                                ? ""
                                : "<button type=\"button\" id=\"to-cancel\" class=\"danger\" data-opens=\"cancel\">Cancel this item…</button>")
                        + "</p>\n");
        Html explained = new Html().raw("<pre id=\"evidence\">");
        for (Line line : evidence) {
            explained.lines(StopBanner.text(line) + "\n");
        }
        parts.put("evidence", explained.raw("</pre>").toString());
        return parts;
    }

    private static String head(RunView view, Item item) {
        String tone = Html.tone(ItemText.style(item.state()));
        Html out = new Html()
                .raw("<section id=\"head\" class=\"banner " + tone + "\" aria-label=\"How the item stands\">\n");
        String what = item.state().isEnd() ? ItemText.detail(view, item) : ItemText.what(view, item);
        out.raw("<p class=\"headline\">")
                .text(what.isEmpty() ? item.state().word() : what)
                .raw("</p>\n");
        if (!item.state().isEnd()) {
            item.attempt().startedAt().ifPresent(at -> out.raw("<p>Started ")
                    .time(at)
                    .raw(item.attempt().node().isPresent() ? " on " : "")
                    .text(item.attempt().node().orElse(""))
                    .raw(", for ")
                    .since(at, view.now())
                    .raw("</p>\n"));
        }
        RunPage.attempts(out, view, item);
        path(out, "stdout", view.paths().stdout(item, item.attempt()));
        path(out, "stderr", view.paths().stderr(item, item.attempt()));
        if (!item.metrics().isEmpty()) {
            out.raw("<p>Metrics: ");
            new TreeMap<>(item.metrics())
                    .forEach((name, value) -> out.text(name + " = " + Amounts.number(value) + "  "));
            out.raw("</p>\n");
        }
        return out.raw("</section>").toString();
    }

    private static void path(Html out, String name, Optional<String> path) {
        path.ifPresent(text ->
                out.raw("<p class=\"dim\">" + name + ": <code>").text(text).raw("</code></p>\n"));
    }
}
