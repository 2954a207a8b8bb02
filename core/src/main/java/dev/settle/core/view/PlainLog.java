package dev.settle.core.view;

import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.Entry;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.RunEvent;
import dev.settle.core.text.Times;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A run as it happens for people without a live screen, such as a CI log: first which run it is, then a line for each
 * change with how many items have ended, last the verdict. Of a large run the log stays short: it has only ends and
 * problems, and from some number of lines on only sums.
 */
public final class PlainLog {
    /** After so many lines of changes the log goes on with sums. */
    static final int CHANGES_MAX = 200;

    /** So many of these are kept for problems. */
    static final int PROBLEMS_RESERVED = 20;

    /** In a run of more items than this the steps of an item are left out. */
    static final int STEPS_ITEMS_MAX = 50;

    /** So many sums at most, evenly spread over the items. */
    static final int SUMS_MAX = 20;

    private enum Scope {
        ITEMS,
        COMMAND
    }

    private final Scope scope;
    private final ZoneId zone;
    private final OutputTail tail;
    private final ChangeText changes;
    private int shown;
    private boolean announced;
    private int sums;

    /**
     * A log whose lines begin with the time of day.
     *
     * @param zone of the reader's clock
     * @param tail what failed items wrote last
     */
    public PlainLog(ZoneId zone, OutputTail tail) {
        this(zone, tail, Scope.ITEMS);
    }

    private PlainLog(ZoneId zone, OutputTail tail, Scope scope) {
        this.scope = scope;
        this.zone = zone;
        this.tail = tail;
        this.changes = new ChangeText(zone);
    }

    /**
     * A log around the output of the only item's command, which is shown itself: what only takes a moment on this machine
     * and what the verdict says again are left out.
     */
    public static PlainLog ofCommand(ZoneId zone) {
        return new PlainLog(zone, OutputTail.NONE, Scope.COMMAND);
    }

    /** The first line: {@code run k3v9q2m7 (nightly-evals): 20 items on slurm}. */
    public static Line opening(RunView view) {
        int ended = view.counts().total() - view.counts().open();
        return Line.of("run ")
                .and(Style.STRONG, view.id())
                .and(" (" + view.name() + "): " + Text.count(view.counts().total(), "item") + " on "
                        + view.run().opened().backend()
                        + (ended == 0 ? "" : ", " + ended + " ended so far"));
    }

    /**
     * The lines for a journal entry; none for what only the machine needs to know, and none for the run's end, which
     * {@link #verdict} shows.
     *
     * @param view the run with the entry folded in
     */
    public List<Line> entry(Entry entry, RunView view) {
        if (entry.event().kind() == RunEvent.Kind.OPENED) {
            return List.of(opening(view));
        }
        Optional<ChangeText.Change> found = changes.of(entry, view);
        if (found.isEmpty()) {
            return List.of();
        }
        ChangeText.Change change = found.get();
        if (isLeftOut(entry, change, view)) {
            return List.of();
        }
        int room = change.weight() == ChangeText.Weight.PROBLEM ? CHANGES_MAX : CHANGES_MAX - PROBLEMS_RESERVED;
        if (shown < room) {
            shown++;
            return List.of(counted(entry.at(), view, change.text()));
        }
        return sum(entry.at(), view);
    }

    private boolean isLeftOut(Entry entry, ChangeText.Change change, RunView view) {
        boolean step = change.weight() == ChangeText.Weight.STEP;
        if (scope == Scope.ITEMS) {
            return step && view.counts().total() > STEPS_ITEMS_MAX;
        }
        boolean local = view.run().opened().backend().equals(BackendName.LOCAL.word());
        boolean settled =
                entry.event() instanceof RunEvent.OfItem item && item.event().kind() == ItemEvent.Kind.SETTLED;
        return settled || (step && local);
    }

    /** The same in words alone, for a reader who gets the run in another form. */
    public List<Line> notice(Entry entry, RunView view) {
        return changes.of(entry, view).map(change -> List.of(change.text())).orElse(List.of());
    }

    /** A sum each time another share of the items has ended; before the first one, that it is only sums from here on. */
    private List<Line> sum(Instant at, RunView view) {
        List<Line> lines = new ArrayList<>();
        int part = ended(view) * SUMS_MAX / Math.max(1, view.counts().total());
        if (!announced) {
            announced = true;
            sums = part;
            lines.add(counted(
                    at,
                    view,
                    Line.of(Style.FAINT, "from here on only sums; all items: settle status " + view.id() + " --json")));
        } else if (part > sums) {
            sums = part;
            lines.add(counted(at, view, StatusText.counts(view)));
        }
        return lines;
    }

    /** That the run is alive, for a log that has had no line for a while. */
    public Line heartbeat(Instant at, RunView view) {
        String stalled = view.isStalled() ? "no settle process is managing the run: " : "";
        return counted(at, view, Line.of(stalled).and(StatusText.counts(view)));
    }

    /** What failed and what to do; the verdict is the last line. */
    public List<Line> verdict(RunView view) {
        return VerdictLines.of(view, tail, zone);
    }

    private static int ended(RunView view) {
        return view.counts().total() - view.counts().open();
    }

    private Line counted(Instant at, RunView view, Line text) {
        return Line.of(Style.FAINT, Times.clock(at, zone) + " ")
                .and("[" + ended(view) + "/" + view.counts().total() + "] ")
                .and(text);
    }
}
