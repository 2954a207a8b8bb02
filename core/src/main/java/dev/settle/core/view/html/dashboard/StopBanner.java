package dev.settle.core.view.html.dashboard;

import dev.settle.core.model.QueueSpec;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.run.StopText;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.Line;
import dev.settle.core.view.Markup;
import dev.settle.core.view.RunView;
import dev.settle.core.view.StatusText;
import dev.settle.core.view.VerdictLines;
import java.time.ZoneOffset;
import java.util.Optional;

/** How a run stands, in the words of the terminal: the headline, what stopped it and who said so, what is kept, what to do. */
final class StopBanner {
    private StopBanner() {}

    /** Whether the run ended, or waits, because credits are missing. */
    static boolean isOfCredits(RunView view) {
        return view.run().awaitedCredit().isPresent()
                || view.stop()
                        .filter(stop -> stop.reason() == StopReason.OUT_OF_CREDITS)
                        .isPresent();
    }

    /** Where to top up; empty where credits are not what is missing. */
    static Optional<String> topUp(RunView view) {
        if (!isOfCredits(view)) {
            return Optional.empty();
        }
        return view.run()
                .awaitedCredit()
                .flatMap(Stop::link)
                .or(() -> view.stop().flatMap(Stop::link))
                .or(() -> view.run().plan().credits().topupUrl())
                .filter(Markup::isWebAddress);
    }

    static String of(RunView view) {
        Html out = new Html();
        String tone = Html.tone(VerdictLines.style(view));
        out.raw("<section id=\"head\" class=\"banner " + tone + (isOfCredits(view) ? " credits" : "")
                + "\" aria-label=\"How the run stands\">\n<p class=\"headline\">");
        out.text(view.headline()).raw("</p>\n");
        for (Line line : StatusText.banners(view, ZoneOffset.UTC)) {
            paragraph(out, "warn", text(line));
        }
        view.stopText().ifPresent(text -> stop(out, text, view.stop().orElseThrow()));
        view.hint().ifPresent(hint -> paragraph(out, "next", hint));
        topUp(view).ifPresent(link -> out.raw("<p><a class=\"button top-up\" rel=\"noreferrer\" href=\"")
                .text(link)
                .raw("\">Top up</a> <code>")
                .text(link)
                .raw("</code></p>\n"));
        return out.raw("</section>").toString();
    }

    private static void stop(Html out, StopText text, Stop stop) {
        text.detail().ifPresent(detail -> paragraph(out, "why", detail));
        if (!stop.evidence().isEmpty()) {
            out.raw("<ul class=\"evidence\">");
            for (Stop.Evidence evidence : stop.evidence()) {
                out.raw("<li>").text(evidence.source()).raw(" reported at ").time(evidence.at());
                out.raw(": <q>").text(evidence.text()).raw("</q></li>");
            }
            out.raw("</ul>\n");
        }
        text.failures().ifPresent(words -> paragraph(out, "bad", words));
        text.dependents().ifPresent(words -> paragraph(out, "dependents", words));
        text.unconfirmed().ifPresent(words -> paragraph(out, "warn", words));
        paragraph(out, "kept", text.kept());
    }

    private static void paragraph(Html out, String kind, String words) {
        out.raw("<p class=\"" + kind + "\">").text(words).raw("</p>\n");
    }

    static String text(Line line) {
        StringBuilder text = new StringBuilder();
        for (Line.Span span : line.spans()) {
            text.append(span.text());
        }
        return text.toString();
    }

    /** What the queue says of credits; empty for a run that no queue feeds. */
    static String balance(RunView view, Optional<Balance> balance) {
        Optional<QueueSpec> queue = view.run().plan().queue();
        if (queue.isEmpty()) {
            return "<div id=\"queue\" hidden=\"hidden\"></div>";
        }
        Html out = new Html();
        out.raw("<dl id=\"queue\" class=\"facts\">\n<div><dt>Step queue</dt><dd>")
                .text(queue.get().url())
                .raw("</dd></div>\n<div><dt>Balance</dt><dd>");
        if (balance.isEmpty()) {
            out.raw("not known yet");
        } else if (balance.get().trouble().isPresent()) {
            out.text(balance.get().trouble().get());
        } else if (balance.get().credits().isPresent()) {
            out.text(Amounts.number(balance.get().credits().getAsDouble())).raw(" credits");
        } else {
            out.raw("the step queue names none");
        }
        out.raw("</dd></div>\n");
        Optional<String> link = balance.flatMap(Balance::link)
                .or(() -> view.run().plan().credits().topupUrl())
                .filter(Markup::isWebAddress);
        link.ifPresent(to -> out.raw("<div><dt>Top up</dt><dd><a rel=\"noreferrer\" href=\"")
                .text(to)
                .raw("\">")
                .text(to)
                .raw("</a></dd></div>\n"));
        return out.raw("</dl>").toString();
    }
}
