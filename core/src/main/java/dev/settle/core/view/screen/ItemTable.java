package dev.settle.core.view.screen;

import dev.settle.core.run.Item;
import dev.settle.core.view.Line;
import dev.settle.core.view.RunView;
import dev.settle.core.view.Style;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All chosen items in a window that holds the selected one, each section under its heading. */
final class ItemTable {
    /** A line of the table: a heading, or an item. */
    private record Entry(Optional<Section> heading, Optional<Item> item) {}

    private final RunView view;
    private final ZoneId zone;

    ItemTable(RunView view, ZoneId zone) {
        this.view = view;
        this.zone = zone;
    }

    List<Line> lines(ScreenState state, Window window) {
        List<Item> items = Listing.of(view, state);
        if (items.isEmpty()) {
            return window.rows() > 0 ? List.of(Line.of(Style.FAINT, "  no such items")) : List.of();
        }
        List<Entry> all = new ArrayList<>(items.size() + Section.values().length);
        int selected = 0;
        Optional<Section> section = Optional.empty();
        for (Item item : items) {
            Section of = Section.of(item.state());
            if (section.isEmpty() || section.get() != of) {
                section = Optional.of(of);
                all.add(new Entry(section, Optional.empty()));
            }
            if (isSelected(item, state)) {
                selected = all.size();
            }
            all.add(new Entry(Optional.empty(), Optional.of(item)));
        }
        // The selected row in the middle, except near the ends.
        int top = Math.max(0, Math.min(selected - window.rows() / 2, all.size() - window.rows()));
        List<Entry> shown = all.subList(top, Math.min(all.size(), top + Math.max(0, window.rows())));
        return drawn(shown, items, state, window);
    }

    private List<Line> drawn(List<Entry> shown, List<Item> items, ScreenState state, Window window) {
        List<String> ids = new ArrayList<>();
        shown.forEach(entry -> entry.item().ifPresent(item -> ids.add(item.id().value())));
        int idColumns = ItemRow.idColumns(ids, window.columns());
        List<Line> lines = new ArrayList<>();
        for (Entry entry : shown) {
            if (entry.item().isPresent()) {
                Item item = entry.item().get();
                ItemRow.Mark mark = isSelected(item, state) ? ItemRow.Mark.SELECTED : ItemRow.Mark.NONE;
                lines.add(ItemRow.of(view, item, idColumns, zone, mark));
            } else {
                Section section = entry.heading().orElseThrow();
                long count = items.stream()
                        .filter(item -> Section.of(item.state()) == section)
                        .count();
                lines.add(Line.of(Style.STRONG, section.title()).and(Style.FAINT, "  " + count));
            }
        }
        return lines;
    }

    private static boolean isSelected(Item item, ScreenState state) {
        return state.selected().isPresent() && state.selected().get().equals(item.id());
    }
}
