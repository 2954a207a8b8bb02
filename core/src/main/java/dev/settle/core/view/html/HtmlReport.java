package dev.settle.core.view.html;

import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopText;
import dev.settle.core.text.Times;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.Markup;
import dev.settle.core.view.MetricsSummary;
import dev.settle.core.view.OutputTail;
import dev.settle.core.view.RunView;
import dev.settle.core.view.Text;
import dev.settle.core.view.VerdictLines;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * A run as one HTML page that needs nothing else: no request leaves it, no script runs in it. It is well-formed XML as
 * well, which is how its tests read it.
 *
 * <p>Filtering by state is done by radio buttons and sibling selectors, so it works by keyboard and with scripts off.
 */
public final class HtmlReport {
    /** The last lines of stderr are shown for so many failed items. */
    public static final int TAILS_MAX = 200;

    private final RunView view;
    private final OutputTail tail;
    private final Appendable out;
    private int tails;

    private HtmlReport(RunView view, OutputTail tail, Appendable out) {
        this.view = view;
        this.tail = tail;
        this.out = out;
    }

    /** Writes the page; a run of 10,000 items takes some 5 MB. */
    public static void write(RunView view, OutputTail tail, Appendable out) throws IOException {
        new HtmlReport(view, tail, out).write();
    }

    private void write() throws IOException {
        head();
        raw("<header>\n<h1 class=\"")
                .raw(tone())
                .raw("\">")
                .text(view.headline())
                .raw("</h1>\n");
        stop();
        raw("</header>\n<main>\n");
        about();
        metrics();
        items();
        raw("</main>\n<footer><p>Written ").time(view.now()).raw(" by settle from the journal of run <code>");
        text(view.id()).raw("</code>.</p></footer>\n</body>\n</html>\n");
    }

    private void head() throws IOException {
        raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
        raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
        raw("<meta name=\"color-scheme\" content=\"light dark\"/>\n");
        raw("<meta name=\"referrer\" content=\"no-referrer\"/>\n");
        raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; ");
        raw("style-src &#39;unsafe-inline&#39;\"/>\n<title>");
        text(view.name() + ": " + view.headline()).raw("</title>\n<style>\n");
        raw(HtmlStyle.SHEET);
        for (ItemState state : ItemState.values()) {
            if (view.counts().of(state) > 0) {
                String word = state.word();
                raw("#show-" + word + ":checked ~ table tbody tr:not(." + word + ") { display: none }\n");
            }
        }
        raw("</style>\n</head>\n<body>\n");
    }

    /** What stopped it and who said so, what is kept, what to do. */
    private void stop() throws IOException {
        Optional<StopText> found = view.stopText();
        if (found.isPresent()) {
            StopText text = found.get();
            Stop stop = view.stop().orElseThrow();
            paragraph("why", text.detail());
            if (!stop.evidence().isEmpty()) {
                raw("<ul class=\"evidence\">\n");
                for (Stop.Evidence evidence : stop.evidence()) {
                    raw("<li>").text(evidence.source()).raw(" said at ").time(evidence.at());
                    raw(": <q>").text(evidence.text()).raw("</q></li>\n");
                }
                raw("</ul>\n");
            }
            paragraph("bad", text.failures());
            paragraph("dependents", text.dependents());
            paragraph("warn", text.unconfirmed());
            paragraph("kept", Optional.of(text.kept()));
            if (stop.link().isPresent() && Markup.isWebAddress(stop.link().get())) {
                raw("<p><a rel=\"noreferrer\" href=\"").text(stop.link().get()).raw("\">");
                text(stop.link().get()).raw("</a></p>\n");
            }
        }
        if (view.hint().isPresent()) {
            paragraph("next", view.hint());
        }
    }

    private void paragraph(String kind, Optional<String> words) throws IOException {
        if (words.isPresent()) {
            raw("<p class=\"" + kind + "\">").text(words.get()).raw("</p>\n");
        }
    }

    private void about() throws IOException {
        raw("<dl class=\"about\">\n");
        fact("Run", view.id());
        fact("Name", view.name());
        fact("State", view.stateWord());
        fact(
                "Exit status",
                view.exitStatus().isPresent() ? String.valueOf(view.exitStatus().getAsInt()) : "not yet");
        fact("Backend", view.run().opened().backend());
        raw("<div><dt>Created</dt><dd>").time(view.run().createdAt()).raw("</dd></div>\n");
        if (view.run().endedAt().isPresent()) {
            raw("<div><dt>Ended</dt><dd>").time(view.run().endedAt().get()).raw("</dd></div>\n");
        }
        fact(view.isEnded() ? "Took" : "For", Amounts.duration(view.elapsed()));
        fact("Directory", view.run().opened().directory());
        raw("</dl>\n");
    }

    private void fact(String name, String value) throws IOException {
        raw("<div><dt>").text(name).raw("</dt><dd>").text(value).raw("</dd></div>\n");
    }

    private void metrics() throws IOException {
        Map<String, MetricsSummary.Figures> metrics =
                MetricsSummary.of(view.items()).byName();
        if (metrics.isEmpty()) {
            return;
        }
        raw("<table class=\"metrics\">\n<caption>Metrics</caption>\n<thead><tr><th scope=\"col\">Metric</th>");
        for (String head : List.of("Count", "Mean", "Min", "Max")) {
            raw("<th scope=\"col\" class=\"n\">").raw(head).raw("</th>");
        }
        raw("</tr></thead>\n<tbody>\n");
        for (Map.Entry<String, MetricsSummary.Figures> each : metrics.entrySet()) {
            MetricsSummary.Figures figures = each.getValue();
            raw("<tr><th scope=\"row\">").text(each.getKey()).raw("</th>");
            number(String.valueOf(figures.count()));
            number(Amounts.number(figures.mean()));
            number(Amounts.number(figures.min()));
            number(Amounts.number(figures.max()));
            raw("</tr>\n");
        }
        raw("</tbody>\n</table>\n");
    }

    /** The radio buttons stand before the table as its siblings: that is what the selectors rely on. */
    private void items() throws IOException {
        raw("<section class=\"items\" aria-label=\"Items\">\n<h2>Items</h2>\n");
        filter("all", "all", view.counts().total(), " checked=\"checked\"");
        for (ItemState state : ItemState.values()) {
            if (view.counts().of(state) > 0) {
                filter(state.word(), state.word(), view.counts().of(state), "");
            }
        }
        raw("<table>\n<caption>Items of the run, in the order of its plan</caption>\n<thead><tr>");
        for (String head : List.of("Item", "State", "Try", "Job", "Time", "Cpu", "Memory", "Node", "What")) {
            boolean number = List.of("Try", "Time", "Cpu", "Memory").contains(head);
            raw("<th scope=\"col\"" + (number ? " class=\"n\"" : "") + ">")
                    .raw(head)
                    .raw("</th>");
        }
        raw("</tr></thead>\n<tbody>\n");
        for (Item item : view.items()) {
            row(item);
        }
        raw("</tbody>\n</table>\n</section>\n");
    }

    private void filter(String id, String label, int count, String checked) throws IOException {
        raw("<input type=\"radio\" name=\"show\" id=\"show-" + id + "\"" + checked + "/><label for=\"show-" + id + "\">"
                + label + " " + count + "</label>\n");
    }

    private void row(Item item) throws IOException {
        Attempt attempt = item.attempt();
        String word = item.state().word();
        raw("<tr class=\"" + word + "\"><th scope=\"row\">")
                .text(item.id().value())
                .raw("</th>");
        raw("<td><span class=\"state\">" + word + "</span></td>");
        number(String.valueOf(attempt.number()));
        cell(attempt.jobId().isPresent() ? attempt.jobId().get().toString() : "");
        Optional<Duration> elapsed = view.elapsed(item, attempt);
        number(elapsed.isPresent() ? Amounts.duration(elapsed.get()) : "");
        OptionalDouble cpu = Amounts.efficiencyPercent(item.usage());
        number(cpu.isPresent() ? Amounts.decimal(cpu.getAsDouble(), 1) + "%" : "");
        number(
                item.usage().maxRssBytes().isPresent()
                        ? Amounts.bytes(item.usage().maxRssBytes().getAsLong())
                        : "");
        cell(attempt.node().orElse(""));
        raw("<td>");
        what(item);
        raw("</td></tr>\n");
    }

    /** The words for how it stands; behind them, for those who open it, what there is to look at. */
    private void what(Item item) throws IOException {
        String what = ItemText.what(view, item);
        boolean hasMore = !item.earlier().isEmpty()
                || !item.metrics().isEmpty()
                || item.state() == ItemState.FAILED
                || item.state() == ItemState.CANCELLED
                || item.isUnconfirmed();
        if (!hasMore) {
            text(what);
            return;
        }
        raw("<details><summary>").text(what.isEmpty() ? "more" : what).raw("</summary>");
        for (Attempt earlier : item.earlier()) {
            attempt(item, earlier);
        }
        attempt(item, item.attempt());
        if (!item.metrics().isEmpty()) {
            raw("<ul>");
            for (Map.Entry<String, Double> metric : new TreeMap<>(item.metrics()).entrySet()) {
                raw("<li>")
                        .text(metric.getKey() + " = " + Amounts.number(metric.getValue()))
                        .raw("</li>");
            }
            raw("</ul>");
        }
        tail(item);
        raw("</details>");
    }

    private void attempt(Item item, Attempt attempt) throws IOException {
        raw("<p>Attempt " + attempt.number());
        if (attempt.jobId().isPresent()) {
            text(", job " + attempt.jobId().get());
        }
        if (attempt.outcome().isPresent()) {
            text(", " + attempt.outcome().get().fullPhrase() + ", confirmed by "
                    + attempt.outcome().get().confirmedBy().word());
        }
        String where = ItemText.where(view, item, attempt);
        text(where.isEmpty() ? "" : ", " + where);
        path("stdout", view.paths().stdout(item, attempt));
        path("stderr", view.paths().stderr(item, attempt));
        raw("</p>");
    }

    private void path(String name, Optional<String> path) throws IOException {
        if (path.isPresent()) {
            raw("<br/>" + name + " <code>").text(path.get()).raw("</code>");
        }
    }

    private void tail(Item item) throws IOException {
        if (item.state() != ItemState.FAILED || tails >= TAILS_MAX) {
            return;
        }
        List<String> lines = tail.lines(item);
        if (lines.isEmpty()) {
            return;
        }
        tails++;
        raw("<pre>");
        for (String line : lines.subList(Math.max(0, lines.size() - OutputTail.LINES_MAX), lines.size())) {
            text(Text.clean(line)).raw("\n");
        }
        raw("</pre>");
    }

    private String tone() {
        return switch (VerdictLines.style(view)) {
            case GOOD -> "good";
            case BAD -> "bad";
            case WARN -> "warn";
            case PLAIN, STRONG, FAINT, LIVE -> "live";
        };
    }

    private void cell(String words) throws IOException {
        raw("<td>").text(words).raw("</td>");
    }

    private void number(String words) throws IOException {
        raw("<td class=\"n\">").text(words).raw("</td>");
    }

    private HtmlReport time(Instant at) throws IOException {
        String text = Times.rfc3339(at);
        return raw("<time datetime=\"").raw(text).raw("\">").raw(text).raw("</time>");
    }

    private HtmlReport raw(String markup) throws IOException {
        out.append(markup);
        return this;
    }

    private HtmlReport text(String words) throws IOException {
        Markup.escape(out, words);
        return this;
    }
}
