package dev.settle.core.view.screen;

import dev.settle.core.model.Plan;
import dev.settle.core.run.Counts;
import dev.settle.core.run.Entry;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.scheduler.Source;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.Line;
import dev.settle.core.view.RunView;
import dev.settle.core.view.StatusText;
import dev.settle.core.view.Style;
import dev.settle.core.view.Text;
import dev.settle.core.view.VerdictLines;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The top of the screen: which run, how fresh its picture is, how far it is, and what keeps it from going on. */
final class Header {
    private static final int NAME_MIN = 8;
    private static final int BAR_MIN = 5;

    /** In fewer lines than this the items need the room more than a line that says what is usual. */
    private static final int ROWS_ROOMY = 16;

    /** What is not waiting, in the order in which it is counted. */
    private static final List<ItemState> COUNTED = List.of(
            ItemState.COMPLETED,
            ItemState.FAILED,
            ItemState.CANCELLED,
            ItemState.DEP_FAILED,
            ItemState.NOT_STARTED,
            ItemState.SETTLING,
            ItemState.RUNNING);

    private Header() {}

    static List<Line> lines(RunView view, Window window, ZoneId zone) {
        int columns = window.columns();
        boolean roomy = window.rows() >= ROWS_ROOMY;
        List<Line> lines = new ArrayList<>();
        Optional<String> fresh = freshness(view);
        Line title = title(view, columns);
        int gap = fresh.isEmpty() ? 0 : columns - title.width() - Text.width(fresh.get());
        boolean together = fresh.isPresent() && gap >= 2;
        lines.add(together ? title.and(" ".repeat(gap)).and(Style.FAINT, fresh.get()) : title);
        if (fresh.isPresent() && !together && roomy) {
            lines.add(Line.of(Style.FAINT, fresh.get()));
        }
        lines.add(bar(view.counts(), columns));
        lines.addAll(counts(view, columns, roomy));
        if (view.stop().isPresent() || view.isStalled()) {
            lines.add(VerdictLines.headline(view));
        }
        lines.addAll(troubles(view, zone));
        if (view.run().isAccountingOff() && roomy) {
            lines.add(Line.of(Style.FAINT, "no accounting here: verdicts rest on the controller and on exit records"));
        }
        return lines;
    }

    /** {@code k3v9q2m7  nightly-evals  running for 3m24s on slurm}; the name gives way where the window is narrow. */
    static Line title(RunView view, int columns) {
        String rest = (view.isEnded() ? " after " : " for ") + Amounts.duration(view.elapsed()) + " on "
                + view.run().opened().backend();
        int taken = Text.width(view.id()) + 2 + Text.width(view.stateWord()) + Text.width(rest);
        int room = columns - taken - 2;
        String name = room < NAME_MIN ? "" : Text.fit(Text.clean(view.name()), room) + "  ";
        return Line.of(Style.STRONG, view.id())
                .and("  " + name)
                .and(VerdictLines.style(view), view.stateWord())
                .and(rest);
    }

    /** When a scheduler last answered; this machine reports by itself. */
    static Optional<String> freshness(RunView view) {
        if (view.isEnded() || view.run().opened().backend().equals(Plan.BackendName.LOCAL.word())) {
            return Optional.empty();
        }
        return Optional.of(view.driver()
                .lastAnswer()
                .map(at -> "asked " + Ages.words(Ages.between(at, view.now())) + " ago")
                .orElse("not asked yet"));
    }

    /**
     * {@code [======xx~~>>>          ]  8/20}: completed, ended otherwise, not started, settling, running, and what is
     * still to come.
     */
    static Line bar(Counts counts, int columns) {
        String share = "  " + (counts.total() - counts.open()) + "/" + counts.total();
        int width = columns - 2 - share.length();
        if (width < BAR_MIN || counts.total() == 0) {
            return Line.of(share.strip());
        }
        int[] parts = {
            counts.of(ItemState.COMPLETED),
            counts.bad() + counts.of(ItemState.DEP_FAILED),
            counts.of(ItemState.NOT_STARTED),
            counts.of(ItemState.SETTLING),
            counts.of(ItemState.RUNNING)
        };
        String[] characters = {"=", "x", "-", "~", ">"};
        Style[] styles = {Style.GOOD, Style.BAD, Style.FAINT, Style.WARN, Style.LIVE};
        Line line = Line.of("[");
        long sum = 0;
        int drawn = 0;
        for (int i = 0; i < parts.length; i++) {
            sum += parts[i];
            // Rounded down, so that the bar is full when everything has ended and not before.
            int until = (int) (sum * width / counts.total());
            line = line.and(styles[i], characters[i].repeat(until - drawn));
            drawn = until;
        }
        return line.and(" ".repeat(width - drawn) + "]" + share);
    }

    /** The counts, with rate and time left on the same line where they fit. */
    private static List<Line> counts(RunView view, int columns, boolean roomy) {
        Line counts = countsBySection(view.counts());
        Optional<String> progress = Progress.of(view);
        if (progress.isEmpty()) {
            return List.of(counts);
        }
        int gap = columns - counts.width() - Text.width(progress.get());
        if (gap >= 2) {
            return List.of(counts.and(" ".repeat(gap)).and(progress.get()));
        }
        return roomy ? List.of(counts, Line.of(progress.get())) : List.of(counts);
    }

    /** {@code 14 completed, 2 failed, 1 settling, 3 running, 4 waiting}: only what there is any of. */
    static Line countsBySection(Counts counts) {
        Line line = Line.EMPTY;
        for (ItemState state : COUNTED) {
            line = counted(line, ItemText.style(state), counts.of(state), state.word());
        }
        line = counted(line, Style.PLAIN, Section.WAITING.count(counts), "waiting");
        return line == Line.EMPTY ? Line.of("no items") : line;
    }

    private static Line counted(Line line, Style style, int count, String word) {
        return count == 0 ? line : line.and(line == Line.EMPTY ? "" : ", ").and(style, count + " " + word);
    }

    /** Sources that do not answer, queries that are held back, and credit that is waited for. */
    private static List<Line> troubles(RunView view, ZoneId zone) {
        List<Line> lines = new ArrayList<>();
        if (view.isEnded()) {
            return lines;
        }
        for (Map.Entry<Source, Entry> silent : view.run().silent().entrySet()) {
            lines.add(Line.of(
                    Style.WARN,
                    silent.getKey().word() + " has not answered for "
                            + Ages.words(Ages.between(silent.getValue().at(), view.now())) + ": "
                            + ((RunEvent.Silent) silent.getValue().event()).text()));
        }
        view.heldBack().forEach(held -> lines.add(Line.of(Style.WARN, "Query " + StatusText.heldBack(held, zone))));
        if (view.run().awaitedCredit().isPresent()) {
            Stop awaited = view.run().awaitedCredit().get();
            lines.add(Line.of(
                    Style.WARN,
                    "Waiting: " + awaited.reason().phrase()
                            + awaited.detail().map(detail -> ": " + detail).orElse("")));
            awaited.link()
                    .ifPresent(link -> lines.add(Line.of(
                            Style.WARN, "Top up at " + link + "; the run goes on by itself when credit comes")));
        }
        return lines;
    }
}
