package dev.settle.core.view;

import dev.settle.core.run.Counts;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/** A run on a terminal that can be drawn anew: what to draw, as a function of the view and the size. */
public final class LiveScreen {
    /** More kinds of waiting than this are summed up. */
    private static final int WAITS_MAX = 3;

    private static final int BAR_COLUMNS_MAX = 60;

    /** How the screen is used. */
    public enum Mode {
        /** It will be drawn over: never higher or wider than the terminal. */
        LIVE,
        /** It stays: everything that there is to say of the end, however long; no word is cut. */
        FINAL
    }

    private final ZoneId zone;
    private final OutputTail tail;

    public LiveScreen(ZoneId zone, OutputTail tail) {
        this.zone = zone;
        this.tail = tail;
    }

    /**
     * The lines of the screen.
     *
     * @param columns of the terminal; in {@code FINAL} only a single word may be longer
     * @param rows of the terminal
     */
    public List<Line> draw(RunView view, int columns, int rows, Mode mode) {
        return switch (mode) {
            case LIVE -> live(view, columns, rows);
            case FINAL -> wrapped(VerdictLines.of(view, tail, zone), columns);
        };
    }

    private List<Line> live(RunView view, int columns, int rows) {
        List<Line> lines = new ArrayList<>();
        lines.add(StatusText.name(view));
        lines.add(bar(view.counts(), columns));
        lines.add(StatusText.counts(view));
        if (view.stop().isPresent()) {
            lines.add(VerdictLines.headline(view));
        }
        lines.addAll(StatusText.banners(view, zone));
        lines.addAll(waits(view));
        int room = rows - lines.size();
        int failed = view.counts().bad();
        int failedRoom = Math.min(failed == 0 ? 0 : failed + 1, Math.max(3, room / 2));
        lines.addAll(running(view, room - failedRoom));
        lines.addAll(failures(view, Math.min(failedRoom, rows - lines.size())));
        List<Line> fitting = new ArrayList<>();
        for (Line line : lines.subList(0, Math.min(lines.size(), Math.max(0, rows)))) {
            fitting.add(line.fit(columns));
        }
        return fitting;
    }

    /** {@code [======xx>>>~~          ]  8/20}: completed, bad, running, settling, and what is still to come. */
    static Line bar(Counts counts, int columns) {
        String share = "  " + (counts.total() - counts.open()) + "/" + counts.total();
        int width = Math.min(BAR_COLUMNS_MAX, columns - 2 - share.length());
        if (width < 5 || counts.total() == 0) {
            return Line.of(share.strip());
        }
        int[] parts = {
            counts.of(ItemState.COMPLETED),
            counts.bad() + counts.of(ItemState.DEP_FAILED),
            counts.of(ItemState.NOT_STARTED),
            counts.of(ItemState.RUNNING),
            counts.of(ItemState.SETTLING)
        };
        String[] characters = {"=", "x", "-", ">", "~"};
        Style[] styles = {Style.GOOD, Style.BAD, Style.FAINT, Style.LIVE, Style.WARN};
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

    /** What queued jobs wait for, most frequent first. */
    private static List<Line> waits(RunView view) {
        Map<String, Integer> counts = new HashMap<>();
        if (view.counts().of(ItemState.QUEUED) > 0) {
            for (Item item : view.items()) {
                Optional<String> why = ItemText.whyInWords(item.waitReason());
                if (item.state() == ItemState.QUEUED && why.isPresent()) {
                    counts.merge(why.get(), 1, Integer::sum);
                }
            }
        }
        if (counts.isEmpty()) {
            return List.of();
        }
        List<Map.Entry<String, Integer>> sorted = new ArrayList<>(counts.entrySet());
        sorted.sort(Map.Entry.<String, Integer>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()));
        StringBuilder text = new StringBuilder("Queued: ");
        int shown = Math.min(WAITS_MAX, sorted.size());
        for (int i = 0; i < shown; i++) {
            text.append(i == 0 ? "" : ", ").append(sorted.get(i).getValue());
            text.append(' ').append(sorted.get(i).getKey());
        }
        return List.of(Line.of(text + (shown < sorted.size() ? " and other reasons" : "")));
    }

    /** The running and settling items, longest first. */
    private static List<Line> running(RunView view, int room) {
        int count = view.counts().of(ItemState.RUNNING) + view.counts().of(ItemState.SETTLING);
        if (count == 0 || room < 2) {
            return List.of();
        }
        Comparator<Item> oldestFirst = Comparator.comparing(LiveScreen::since).thenComparing(Item::index);
        EnumSet<ItemState> states = EnumSet.of(ItemState.RUNNING, ItemState.SETTLING);
        return section("Running", first(view, states, shown(count, room), oldestFirst), count, view);
    }

    private static Instant since(Item item) {
        return item.attempt().startedAt().orElse(item.changedAt().orElse(Instant.MAX));
    }

    /** The failures that settled last, newest last. */
    private static List<Line> failures(RunView view, int room) {
        int count = view.counts().bad();
        if (count == 0 || room < 2) {
            return List.of();
        }
        Comparator<Item> newestFirst = Comparator.comparing(
                        (Item item) -> item.settledAt().orElse(Instant.MIN))
                .thenComparing(Item::index)
                .reversed();
        EnumSet<ItemState> states = EnumSet.of(ItemState.FAILED, ItemState.CANCELLED);
        List<Item> newest = first(view, states, shown(count, room), newestFirst);
        Collections.reverse(newest);
        return section("Failed", newest, count, view);
    }

    /** How many rows fit below the head, when the last may have to count the rest. */
    private static int shown(int count, int room) {
        return count <= room - 1 ? count : Math.max(0, room - 2);
    }

    /** The first few by an order, out of as many as there may be, without sorting them all. */
    private static List<Item> first(RunView view, Set<ItemState> states, int max, Comparator<Item> order) {
        List<Item> first = new ArrayList<>();
        if (max == 0) {
            return first;
        }
        PriorityQueue<Item> worstOnTop = new PriorityQueue<>(order.reversed());
        for (Item item : view.items()) {
            if (!states.contains(item.state())) {
                continue;
            }
            if (worstOnTop.size() < max) {
                worstOnTop.add(item);
            } else if (order.compare(item, worstOnTop.element()) < 0) {
                worstOnTop.remove();
                worstOnTop.add(item);
            }
        }
        first.addAll(worstOnTop);
        first.sort(order);
        return first;
    }

    private static List<Line> section(String head, List<Item> shown, int count, RunView view) {
        Table table = new Table().column("", Table.Align.LEFT).column("", Table.Align.LEFT);
        for (Item item : shown) {
            Style style = ItemText.style(item.state());
            String word = item.state() == ItemState.SETTLING ? "settling: " : "";
            table.row().cell(style, item.id().value()).cell(word + ItemText.detail(view, item));
        }
        List<Line> lines = new ArrayList<>();
        lines.add(Line.of(Style.STRONG, head));
        if (!table.isEmpty()) {
            lines.addAll(table.indented());
        }
        if (shown.size() < count) {
            lines.add(Line.of(Style.FAINT, "  and " + (count - shown.size()) + " more"));
        }
        return lines;
    }

    /** Broken at spaces and set in by as much as the line was; commands and links stay in one piece. */
    private static List<Line> wrapped(List<Line> lines, int columns) {
        List<Line> wrapped = new ArrayList<>();
        for (Line line : lines) {
            wrapped.addAll(line.wrap(columns));
        }
        return wrapped;
    }
}
