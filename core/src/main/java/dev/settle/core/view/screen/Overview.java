package dev.settle.core.view.screen;

import dev.settle.core.run.Item;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.Line;
import dev.settle.core.view.RunView;
import dev.settle.core.view.Style;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Something of every section, as much as there is room for; the headings count the rest. */
final class Overview {
    /** More items than this that have not begun are counted by what they wait for. */
    private static final int LISTED_MAX = 8;

    /** Who gets room first, and how many lines with the heading, before the others get any more. */
    private static final List<Section> BY_INTEREST = List.of(
            Section.RUNNING, Section.FAILED, Section.SETTLING, Section.WAITING, Section.COMPLETED, Section.NOT_STARTED);

    /** What need not be seen whole while others are not. */
    private static final Set<Section> PATIENT = Set.of(Section.COMPLETED, Section.NOT_STARTED);

    /** {@code 1000 items}. */
    private static final int GROUP_COLUMNS = 10;

    private static final int HEADING_AND_ONE = 2;
    private static final int FEW = 4;

    /** A line of a section: an item, or several of them that wait for the same. */
    private record Entry(Optional<Item> item, String text, int count) {}

    private final RunView view;
    private final ZoneId zone;

    Overview(RunView view, ZoneId zone) {
        this.view = view;
        this.zone = zone;
    }

    List<Line> lines(Window window) {
        Map<Section, List<Entry>> entries = new EnumMap<>(Section.class);
        for (Section section : Section.values()) {
            if (section.count(view.counts()) > 0) {
                entries.put(section, entries(section, window.rows()));
            }
        }
        Map<Section, Integer> rooms = rooms(entries, window.rows());
        Map<Section, List<Entry>> shown = new EnumMap<>(Section.class);
        List<String> ids = new ArrayList<>();
        entries.forEach((section, all) -> {
            List<Entry> fitting = all.subList(0, Math.min(all.size(), Math.max(0, rooms.getOrDefault(section, 0) - 1)));
            shown.put(section, fitting);
            fitting.forEach(
                    entry -> entry.item().ifPresent(item -> ids.add(item.id().value())));
        });
        boolean groups = shown.values().stream().flatMap(List::stream).anyMatch(entry -> entry.item()
                .isEmpty());
        int idColumns = Math.max(ItemRow.idColumns(ids, window.columns()), groups ? GROUP_COLUMNS : 0);
        List<Line> lines = new ArrayList<>();
        for (Map.Entry<Section, List<Entry>> each : shown.entrySet()) {
            if (rooms.getOrDefault(each.getKey(), 0) > 0) {
                lines.add(heading(each.getKey(), each.getValue()));
                each.getValue().forEach(entry -> lines.add(line(entry, idColumns)));
            }
        }
        return lines;
    }

    private Line line(Entry entry, int idColumns) {
        return entry.item().isPresent()
                ? ItemRow.of(view, entry.item().get(), idColumns, zone, ItemRow.Mark.NONE)
                : ItemRow.ofGroup(entry.count(), entry.text(), idColumns);
    }

    private Line heading(Section section, List<Entry> shown) {
        int all = section.count(view.counts());
        int seen = 0;
        for (Entry entry : shown) {
            seen += entry.count();
        }
        String count = seen == all ? "  " + all : "  " + (seen == 0 ? "" : seen + " of ") + all;
        return Line.of(Style.STRONG, section.title()).and(Style.FAINT, count);
    }

    private List<Entry> entries(Section section, int most) {
        boolean groups = section == Section.WAITING || section == Section.NOT_STARTED;
        if (groups && section.count(view.counts()) > LISTED_MAX) {
            return groups(section);
        }
        List<Entry> entries = new ArrayList<>();
        for (Item item : Listing.first(view, section, most)) {
            entries.add(new Entry(Optional.of(item), "", 1));
        }
        return entries;
    }

    /** Most frequent first; what is alone in its kind stands for itself. */
    private List<Entry> groups(Section section) {
        Map<String, List<Item>> byText = new LinkedHashMap<>();
        for (Item item : view.items()) {
            if (Section.of(item.state()) == section) {
                String text = section == Section.WAITING ? WaitText.of(view, item, zone) : ItemText.what(view, item);
                byText.computeIfAbsent(text, of -> new ArrayList<>()).add(item);
            }
        }
        List<Entry> entries = new ArrayList<>();
        byText.forEach((text, items) -> entries.add(
                new Entry(items.size() == 1 ? Optional.of(items.get(0)) : Optional.empty(), text, items.size())));
        entries.sort((a, b) -> Integer.compare(b.count(), a.count()));
        return entries;
    }

    /** Lines for each section, its heading included: first a little for all, then what is left, in turns. */
    private static Map<Section, Integer> rooms(Map<Section, List<Entry>> entries, int rows) {
        Map<Section, Integer> rooms = new EnumMap<>(Section.class);
        int left = give(rooms, entries, BY_INTEREST, HEADING_AND_ONE, rows);
        left = give(rooms, entries, BY_INTEREST, FEW, left);
        List<Section> impatient = BY_INTEREST.stream()
                .filter(section -> !PATIENT.contains(section))
                .toList();
        left = give(rooms, entries, impatient, Integer.MAX_VALUE, left);
        give(rooms, entries, BY_INTEREST, Integer.MAX_VALUE, left);
        return rooms;
    }

    /** Gives each of the sections a line in turn, up to so many; returns how many lines are left. */
    private static int give(
            Map<Section, Integer> rooms, Map<Section, List<Entry>> entries, List<Section> to, int most, int lines) {
        int left = lines;
        boolean given = true;
        while (given && left > 0) {
            given = false;
            for (Section section : to) {
                List<Entry> all = entries.get(section);
                int has = rooms.getOrDefault(section, 0);
                if (all != null && has <= all.size() && has < most && left > 0) {
                    int more = Math.min(left, has == 0 ? HEADING_AND_ONE : 1);
                    rooms.put(section, has + more);
                    left -= more;
                    given = true;
                }
            }
        }
        return left;
    }
}
