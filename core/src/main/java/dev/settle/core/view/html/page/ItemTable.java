package dev.settle.core.view.html.page;

import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.MatrixValues;
import dev.settle.core.view.RunView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;

/**
 * The items of a run as a table. Columns in which no item says anything are left out.
 *
 * @param stateTitle what the second column is called
 * @param columns beside the item and its state
 * @param groups the rows in the order of the plan; more than one where there are too many to show at once
 * @param states that occur, with how many items are in each
 */
public record ItemTable(
        String stateTitle, List<Column> columns, List<Group> groups, List<StateCount> states, int total) {
    /** Rows that are shown at once. */
    public static final int ROWS_AT_ONCE = 100;

    /** More metrics than this are in {@code --csv} and {@code --json} alone. */
    static final int METRICS_MAX = 12;

    /** More matrix values than this are read in the id. */
    static final int VALUES_MAX = 8;

    public ItemTable {
        columns = List.copyOf(columns);
        groups = List.copyOf(groups);
        states = List.copyOf(states);
    }

    /**
     * A column.
     *
     * @param kind {@code text}, {@code number}, {@code matrix} or {@code metric}
     */
    public record Column(String title, String kind) {
        /** The class of its cells; empty for text. */
        public String css() {
            return kind.equals("number") || kind.equals("metric") ? "n" : "";
        }
    }

    /**
     * What stands in a column for an item.
     *
     * @param sort what it is sorted by, where that is not the text
     */
    public record Cell(String text, String sort, String css) {}

    /** An item. */
    public record Row(String id, String state, String anchor, List<Cell> cells) {
        public Row {
            cells = List.copyOf(cells);
        }
    }

    /** Rows that are shown together. */
    public record Group(String title, List<Row> rows) {
        public Group {
            rows = List.copyOf(rows);
        }
    }

    /** A state that occurs. */
    public record StateCount(String word, int count) {}

    /** One column as it is worked out: what each item has there. */
    private interface Content {
        Cell of(Item item);
    }

    /**
     * Makes the table.
     *
     * @param evidence items whose evidence is on the page, by their anchors
     */
    static ItemTable of(RunView view, Evidence evidence) {
        List<Column> columns = new ArrayList<>();
        List<Content> contents = new ArrayList<>();
        List<Item> items = view.items();
        for (String key : MatrixValues.keys(items, VALUES_MAX)) {
            columns.add(new Column(key, "matrix"));
            contents.add(item -> text(MatrixValues.of(item).getOrDefault(key, "")));
        }
        for (String name : metrics(items)) {
            columns.add(new Column(name, "metric"));
            contents.add(item -> {
                Double value = item.metrics().get(name);
                return value == null ? number("", "") : number(Amounts.number(value), String.valueOf(value));
            });
        }
        columns.add(new Column("Attempt", "number"));
        contents.add(item -> number(String.valueOf(item.attempt().number()), ""));
        columns.add(new Column("Time", "number"));
        contents.add(item -> time(view, item));
        columns.add(new Column("CPU", "number"));
        contents.add(item -> {
            OptionalDouble cpu = Amounts.efficiencyPercent(item.usage());
            return cpu.isPresent() ? number(Amounts.decimal(cpu.getAsDouble(), 1) + "%", "") : number("", "");
        });
        columns.add(new Column("Memory", "number"));
        contents.add(item -> item.usage().maxRssBytes().isPresent()
                ? number(
                        Amounts.bytes(item.usage().maxRssBytes().getAsLong()),
                        String.valueOf(item.usage().maxRssBytes().getAsLong()))
                : number("", ""));
        columns.add(new Column("Node", "text"));
        contents.add(item -> text(item.attempt().node().orElse("")));
        columns.add(new Column("Job", "text"));
        contents.add(item -> text(item.attempt().jobId().map(Object::toString).orElse("")));
        columns.add(new Column("Detail", "text"));
        contents.add(item -> text(Shown.words(ItemText.what(view, item))));
        return filled(view, evidence, columns, contents);
    }

    private static ItemTable filled(RunView view, Evidence evidence, List<Column> columns, List<Content> contents) {
        List<Item> items = view.items();
        List<Column> used = new ArrayList<>();
        List<Content> usedContents = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            Content content = contents.get(i);
            boolean tries = columns.get(i).title().equals("Attempt");
            boolean says = items.stream().anyMatch(item -> {
                String text = content.of(item).text();
                return tries ? !text.equals("1") : !text.isEmpty();
            });
            if (says) {
                used.add(columns.get(i));
                usedContents.add(content);
            }
        }
        List<Row> all = new ArrayList<>();
        for (Item item : items) {
            all.add(new Row(
                    item.id().value(),
                    item.state().word(),
                    evidence.anchor(item.id()),
                    usedContents.stream().map(content -> content.of(item)).toList()));
        }
        List<StateCount> states = new ArrayList<>();
        for (ItemState state : ItemState.values()) {
            if (view.counts().of(state) > 0) {
                states.add(new StateCount(state.word(), view.counts().of(state)));
            }
        }
        return new ItemTable("State", used, groups(all), states, all.size());
    }

    /** So many rows at a time that neither a group nor the list of groups is too long. */
    static List<Group> groups(List<Row> rows) {
        boolean few = rows.size() <= ROWS_AT_ONCE * 2;
        int step = few ? Math.max(1, rows.size()) : Math.max(ROWS_AT_ONCE, (rows.size() + 99) / 100);
        List<Group> groups = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += step) {
            List<Row> some = rows.subList(from, Math.min(rows.size(), from + step));
            long bad = some.stream()
                    .filter(row -> row.state().equals(ItemState.FAILED.word())
                            || row.state().equals(ItemState.CANCELLED.word()))
                    .count();
            groups.add(new Group(
                    "Items " + (from + 1) + " to " + (from + some.size()) + (bad == 0 ? "" : ", " + bad + " failed"),
                    some));
        }
        return groups;
    }

    /** Whether all rows are shown at once. */
    public boolean isWhole() {
        return groups.size() <= 1;
    }

    private static Cell time(RunView view, Item item) {
        Attempt attempt = item.attempt();
        Optional<Duration> elapsed = view.elapsed(item, attempt);
        return elapsed.isEmpty()
                ? number("", "")
                : number(
                        Amounts.duration(elapsed.get()),
                        Amounts.number(elapsed.get().toMillis() / 1_000.0));
    }

    private static Cell text(String text) {
        return new Cell(text, "", "");
    }

    private static Cell number(String text, String sort) {
        return new Cell(text, sort.equals(text) ? "" : sort, "n");
    }

    static List<String> metrics(List<Item> items) {
        TreeSet<String> names = new TreeSet<>();
        items.forEach(item -> names.addAll(item.metrics().keySet()));
        return names.stream().limit(METRICS_MAX).toList();
    }
}
