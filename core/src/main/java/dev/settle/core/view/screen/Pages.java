package dev.settle.core.view.screen;

import dev.settle.core.run.Item;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.Line;
import dev.settle.core.view.RunView;
import dev.settle.core.view.Style;
import dev.settle.core.view.Text;
import dev.settle.core.view.screen.ScreenState.Stream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What stands in place of the items: help, an item's log, its explanation. */
public final class Pages {
    /** ECMA-48: colours and movements of the cursor, which programs write into their output. */
    private static final Pattern CONTROL_SEQUENCE = Pattern.compile("\u001B\\[[0-?]*[ -/]*[@-~]");

    private static final List<String> HELP = List.of(
            "Keys",
            "  Up Down j k        select an item",
            "  PgUp PgDn Space    a screenful up or down",
            "  Home End g G       the first, the last item",
            "  f                  filter by state: one after the other, then all again",
            "  /                  search in ids and names; Enter keeps it, Esc clears it",
            "  Enter l            the item's log as it grows; s or Tab: its other stream",
            "  e                  explain the item: what is known, which rule decided",
            "  c                  cancel the selected item, or else the run; asks first",
            "  d                  detach: leave, and let the run continue",
            "  q Ctrl-C           quit; asks what is to become of the run",
            "  Esc                back to the overview",
            "  Ctrl-L             draw everything again",
            "The bar",
            "  = completed  x failed or cancelled  - not started",
            "  ~ settling: finished, waiting for confirmation  > running");

    private Pages() {}

    public static Page help(int columns) {
        List<Line> lines = new ArrayList<>();
        for (String text : HELP) {
            Style style = text.startsWith(" ") ? Style.PLAIN : Style.STRONG;
            lines.addAll(Line.of(style, text).wrap(columns));
        }
        return new Page(Line.of(Style.STRONG, "Help"), lines);
    }

    /** An explanation; its lines are cut where the window ends. */
    public static Page explanation(Item item, List<Line> lines, int columns) {
        List<Line> fitting = new ArrayList<>();
        lines.forEach(line -> fitting.addAll(line.wrap(columns)));
        return new Page(Line.of(Style.STRONG, "Explain " + item.id()), fitting);
    }

    /**
     * The end of an item's output.
     *
     * @param chosen the stream that is wanted; where none is, stderr if it alone has anything
     */
    public static Page log(
            RunView view, Item item, Optional<Stream> chosen, List<String> stdout, List<String> stderr, int columns) {
        Stream stream = chosen.orElse(stdout.isEmpty() && !stderr.isEmpty() ? Stream.STDERR : Stream.STDOUT);
        List<String> texts = stream == Stream.STDOUT ? stdout : stderr;
        List<Line> lines = new ArrayList<>();
        for (String text : texts) {
            broken(lines, shown(text), columns);
        }
        if (lines.isEmpty()) {
            boolean begun = item.attempt().token().isPresent();
            lines.add(Line.of(Style.FAINT, begun ? "(nothing written yet)" : "(not started yet)"));
        }
        Optional<Duration> elapsed = view.elapsed(item, item.attempt());
        Line title = Line.of(Style.STRONG, ShortId.fit(item.id().value(), Math.max(12, columns / 2)))
                .and("  " + (stream == Stream.STDOUT ? "stdout" : "stderr") + "  ")
                .and(ItemText.style(item.state()), item.state().word())
                .and(elapsed.map(time -> "  " + Amounts.duration(time)).orElse(""));
        return new Page(title, lines, Optional.of(stream));
    }

    /** As a terminal would leave the line: without colours, and what was written over is gone. */
    private static String shown(String text) {
        String plain = CONTROL_SEQUENCE.matcher(text).replaceAll("");
        String whole = plain.endsWith("\r") ? plain.substring(0, plain.length() - 1) : plain;
        return Text.clean(whole.substring(whole.lastIndexOf('\r') + 1));
    }

    private static void broken(List<Line> lines, String text, int columns) {
        String rest = text;
        while (columns > 1 && Text.width(rest) > columns) {
            String head = Text.head(rest, columns);
            lines.add(Line.of(head));
            rest = rest.substring(head.length());
        }
        lines.add(Line.of(rest));
    }
}
