package dev.settle.core.view;

import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunPhase;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopText;
import dev.settle.core.text.Times;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The end of a run told to people: what failed, what stopped it, what is kept, what to do, and last the verdict. */
public final class VerdictLines {
    /** More failed items than this are counted, not listed. */
    static final int FAILURES_MAX = 10;

    /** Of more failed items than this the output is not shown. */
    static final int TAILS_MAX = 5;

    /** More words of evidence than this stay in {@code explain}. */
    static final int EVIDENCE_MAX = 5;

    /** Longer ids push their row's text to the right, the others' not. */
    private static final int ID_COLUMNS_MAX = 40;

    private static final int TAIL_COLUMNS_MAX = 200;

    private VerdictLines() {}

    /** The whole block. The last line alone is the verdict. */
    public static List<Line> of(RunView view, OutputTail tail, ZoneId zone) {
        List<Line> lines = new ArrayList<>();
        lines.addAll(failures(view, tail));
        // Of a single item there is nothing to add to the verdict.
        boolean plain = (view.phase() == RunPhase.COMPLETED || view.phase() == RunPhase.FAILED)
                && view.counts().total() == 1
                && view.run().unconfirmed() == 0;
        if (!plain) {
            lines.addAll(stopBlock(view, zone));
        }
        Optional<String> hint = view.hint();
        if (hint.isPresent()) {
            lines.add(Line.of(hint.get()));
        }
        lines.add(verdict(view));
        return lines;
    }

    /** The verdict in one line: the headline, which run it is of, and how long that took. */
    public static Line verdict(RunView view) {
        return headline(view).and(Style.FAINT, " (" + view.id() + ", " + Amounts.duration(view.elapsed()) + ")");
    }

    /** What became of the run, in a sentence. */
    public static Line headline(RunView view) {
        return Line.of(style(view), view.headline());
    }

    public static Style style(RunView view) {
        if (view.isStalled()) {
            return Style.WARN;
        }
        return switch (view.phase()) {
            case RUNNING -> Style.LIVE;
            case COMPLETED -> view.run().unconfirmed() > 0 ? Style.WARN : Style.GOOD;
            case FAILED -> Style.BAD;
            case INTERRUPTED, CANCELLED -> Style.WARN;
        };
    }

    /** What stopped it and who said so, and what is kept; empty while nothing stops the run. */
    public static List<Line> stopBlock(RunView view, ZoneId zone) {
        Optional<StopText> found = view.stopText();
        if (found.isEmpty()) {
            return List.of();
        }
        StopText text = found.get();
        List<Line> lines = new ArrayList<>();
        lines.addAll(why(text, view.stop().orElseThrow(), zone));
        if (text.failures().isPresent()) {
            lines.add(Line.of(Style.BAD, text.failures().get()));
        }
        if (text.dependents().isPresent()) {
            lines.add(Line.of(text.dependents().get()));
        }
        if (text.unconfirmed().isPresent()) {
            lines.add(Line.of(Style.WARN, text.unconfirmed().get()));
        }
        boolean interrupted = view.phase() == RunPhase.INTERRUPTED || view.phase() == RunPhase.CANCELLED;
        lines.add(Line.of((interrupted ? "Kept: " : "") + text.kept()));
        return lines;
    }

    private static List<Line> why(StopText text, Stop stop, ZoneId zone) {
        List<Line> lines = new ArrayList<>();
        if (text.detail().isPresent()) {
            lines.add(Line.of("Why: " + text.detail().get()));
        }
        // What the sentence above quotes already is not quoted again.
        List<Stop.Evidence> more = stop.evidence().stream()
                .filter(evidence -> text.detail()
                        .filter(detail -> detail.contains(evidence.text()))
                        .isEmpty())
                .toList();
        int shown = Math.min(EVIDENCE_MAX, more.size());
        for (Stop.Evidence evidence : more.subList(0, shown)) {
            lines.add(Line.of((lines.isEmpty() ? "Why: " : "     ") + evidence.source() + " reported at "
                            + Times.second(evidence.at(), zone) + ": ")
                    .and(Style.STRONG, evidence.text()));
        }
        if (shown < more.size()) {
            lines.add(Line.of("     and " + (more.size() - shown) + " more"));
        }
        return lines;
    }

    /** A line for each failed item with the last of its output below, then the commands that show more. */
    public static List<Line> failures(RunView view, OutputTail tail) {
        List<Item> shown = new ArrayList<>();
        int more = 0;
        for (Item item : view.items()) {
            if (isFailure(view, item)) {
                if (shown.size() < FAILURES_MAX) {
                    shown.add(item);
                } else {
                    more++;
                }
            }
        }
        if (shown.isEmpty()) {
            return List.of();
        }
        int columns = 0;
        for (Item item : shown) {
            columns = Math.max(
                    columns, Math.min(ID_COLUMNS_MAX, Text.width(item.id().value())));
        }
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < shown.size(); i++) {
            Item item = shown.get(i);
            lines.add(Line.of("  ")
                    .and(Style.BAD, Text.pad(item.id().value(), columns))
                    .and("  " + ItemText.detail(view, item)));
            if (i < TAILS_MAX) {
                addTail(lines, tail.lines(item));
            }
        }
        if (more > 0) {
            lines.add(Line.of("  and " + more + " more: settle status " + view.id()));
        }
        String first = view.id() + " " + Text.shellWord(shown.get(0).id().value());
        // Where somebody else's job wrote is not known here.
        boolean ran = shown.get(0).attempt().startedAt().isPresent()
                && !view.run().opened().watched();
        lines.add(Line.of("More detail:"));
        if (ran) {
            lines.add(Line.of("  settle logs " + first));
        }
        lines.add(Line.of("  settle explain " + first));
        return lines;
    }

    private static boolean isFromQueue(RunView view) {
        return view.run().plan().queue().isPresent();
    }

    /** What was cancelled with its run, as a step that was cut short is, is no news. */
    public static boolean isFailure(RunView view, Item item) {
        return item.state() == ItemState.FAILED
                || (item.state() == ItemState.CANCELLED
                        && view.phase() != RunPhase.CANCELLED
                        && !(isFromQueue(view) && view.phase() == RunPhase.INTERRUPTED));
    }

    private static void addTail(List<Line> lines, List<String> tail) {
        int from = Math.max(0, tail.size() - OutputTail.LINES_MAX);
        for (int i = from; i < tail.size(); i++) {
            lines.add(Line.of(Style.FAINT, "    | " + Text.fit(Text.clean(tail.get(i)), TAIL_COLUMNS_MAX)));
        }
    }
}
