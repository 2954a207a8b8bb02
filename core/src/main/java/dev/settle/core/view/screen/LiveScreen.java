package dev.settle.core.view.screen;

import dev.settle.core.model.ItemId;
import dev.settle.core.view.Line;
import dev.settle.core.view.OutputTail;
import dev.settle.core.view.RunView;
import dev.settle.core.view.Style;
import dev.settle.core.view.Text;
import dev.settle.core.view.VerdictLines;
import dev.settle.core.view.screen.ScreenState.Mode;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A run on a terminal: what to draw, as a function of the view, the window and what the reader looks at. */
public final class LiveScreen {
    /** In fewer lines than this the keys are not listed. */
    private static final int ROWS_FOR_KEYS = 6;

    private final ZoneId zone;
    private final OutputTail tail;

    public LiveScreen(ZoneId zone, OutputTail tail) {
        this.zone = zone;
        this.tail = tail;
    }

    /**
     * The lines of the screen while the run goes on: never more or wider than the window.
     *
     * @param page what stands in place of the items in the modes that have a page
     */
    public List<Line> draw(RunView view, Window window, ScreenState state, Page page) {
        List<Line> lines = new ArrayList<>(head(view, window, state, page));
        boolean footer = hasFooter(window, state);
        Window room = new Window(window.columns(), Math.max(0, window.rows() - lines.size() - (footer ? 1 : 0)));
        lines.addAll(body(view, room, state, page));
        if (footer) {
            lines = new ArrayList<>(lines.subList(0, Math.min(lines.size(), window.rows() - 1)));
            lines.add(Footer.of(view, state, window.columns()));
        }
        List<Line> fitting = new ArrayList<>();
        for (Line line : lines.subList(0, Math.min(lines.size(), Math.max(0, window.rows())))) {
            fitting.add(line.fit(window.columns()));
        }
        return fitting;
    }

    /** What a key meets. */
    public ScreenKeys.Scene scene(RunView view, Window window, ScreenState state, Page page) {
        List<ItemId> listed = new ArrayList<>();
        if (!state.mode().isPage()) {
            Listing.of(view, state).forEach(item -> listed.add(item.id()));
        }
        Set<Section> filters = EnumSet.noneOf(Section.class);
        for (Section section : Section.values()) {
            if (section.count(view.counts()) > 0) {
                filters.add(section);
            }
        }
        int rows = window.rows() - head(view, window, state, page).size() - (hasFooter(window, state) ? 1 : 0);
        return new ScreenKeys.Scene(listed, filters, Math.max(1, rows), page);
    }

    /** A question is always shown. */
    private static boolean hasFooter(Window window, ScreenState state) {
        boolean asks = state.mode() == Mode.SEARCH || state.mode() == Mode.CANCEL;
        return window.rows() >= (asks ? 1 : ROWS_FOR_KEYS);
    }

    private List<Line> head(RunView view, Window window, ScreenState state, Page page) {
        if (state.mode().isPage()) {
            boolean paused = state.mode() == Mode.LOG && state.scroll() > 0;
            Line title = paused ? page.title().and(Style.WARN, "  scrolled back") : page.title();
            return List.of(Header.title(view, window.columns()), title);
        }
        List<Line> lines = new ArrayList<>(Header.lines(view, window, zone));
        if (state.filter().isPresent() || !state.search().isEmpty()) {
            lines.add(chosen(view, state));
        }
        return lines;
    }

    /** {@code Showing 3 of 300: failed, matching "seed=2"}. */
    private static Line chosen(RunView view, ScreenState state) {
        String which = state.filter()
                .map(section -> section.title().toLowerCase(Locale.ROOT))
                .orElse("");
        String matching = state.search().isEmpty() ? "" : "matching \"" + state.search() + "\"";
        return Line.of(
                Style.STRONG,
                "Showing " + Listing.of(view, state).size() + " of "
                        + Text.count(view.counts().total(), "item") + ": " + which
                        + (which.isEmpty() || matching.isEmpty() ? "" : ", ") + matching);
    }

    private List<Line> body(RunView view, Window room, ScreenState state, Page page) {
        if (state.mode().isPage()) {
            int all = page.lines().size();
            int most = Math.max(0, all - room.rows());
            int scrolled = Math.min(most, state.scroll());
            int top = state.mode() == Mode.LOG ? most - scrolled : scrolled;
            return page.lines().subList(top, Math.min(all, top + room.rows()));
        }
        return state.isOverview() ? new Overview(view, zone).lines(room) : new ItemTable(view, zone).lines(state, room);
    }

    /**
     * What stays on the terminal at the end, the verdict last. No word is cut; only a single word may be wider than the
     * window.
     */
    public List<Line> summary(RunView view, int columns) {
        List<Line> wrapped = new ArrayList<>();
        for (Line line : VerdictLines.of(view, tail, zone)) {
            wrapped.addAll(line.wrap(columns));
        }
        return wrapped;
    }
}
