package dev.settle.core.view.html.page;

import dev.settle.core.model.ItemId;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.MetricsSummary;
import dev.settle.core.view.RunView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Two runs side by side, prepared for the template: what ended otherwise, how the metrics and the times differ. */
public record ComparePage(
        String title,
        String style,
        String script,
        String policy,
        Banner before,
        Banner after,
        String beforeName,
        String afterName,
        Optional<String> note,
        List<Difference> differences,
        List<Change> changes,
        int more,
        ItemTable items,
        String written) {

    private static final int CHANGES_MAX = 100;

    public ComparePage {
        differences = List.copyOf(differences);
        changes = List.copyOf(changes);
    }

    /** A figure of both runs. */
    public record Difference(String name, String before, String after, String difference) {}

    /** An item that ended otherwise. */
    public record Change(String id, String word, String before, String after) {}

    /** Compares a run with a later one. */
    public static ComparePage of(RunView before, RunView after) {
        String style = Assets.style();
        String script = Assets.reportScript();
        Map<ItemId, Item> old = byId(before);
        Map<ItemId, Item> recent = byId(after);
        Set<ItemId> ids = new LinkedHashSet<>(recent.keySet());
        ids.addAll(old.keySet());
        List<Change> changes = new ArrayList<>();
        for (ItemId id : ids) {
            Item one = old.get(id);
            Item other = recent.get(id);
            String word = word(one, other);
            if (!word.equals("same")) {
                changes.add(new Change(id.value(), word, how(one), how(other)));
            }
        }
        changes.sort(java.util.Comparator.comparingInt(change -> ORDER.indexOf(change.word())));
        return new ComparePage(
                before.name() + ": " + before.id() + " and " + after.id(),
                style,
                script,
                Assets.policy(style, script),
                Banner.of(before),
                Banner.of(after),
                before.name() + " " + before.id(),
                after.name() + " " + after.id(),
                before.name().equals(after.name())
                        ? Optional.empty()
                        : Optional.of(
                                "These runs have different names: " + before.name() + " and " + after.name() + "."),
                differences(before, after),
                changes.subList(0, Math.min(CHANGES_MAX, changes.size())),
                Math.max(0, changes.size() - CHANGES_MAX),
                table(before, after, old, recent, ids),
                Moment.words(after.now()));
    }

    private static final List<String> ORDER = List.of("broken", "fixed", "changed", "new", "gone", "same");

    private static Map<ItemId, Item> byId(RunView view) {
        Map<ItemId, Item> items = new LinkedHashMap<>();
        view.items().forEach(item -> items.put(item.id(), item));
        return items;
    }

    private static String word(
            @org.jspecify.annotations.Nullable Item one, @org.jspecify.annotations.Nullable Item other) {
        if (one == null) {
            return "new";
        }
        if (other == null) {
            return "gone";
        }
        boolean well = one.state() == ItemState.COMPLETED;
        boolean stillWell = other.state() == ItemState.COMPLETED;
        if (well != stillWell) {
            return well ? "broken" : "fixed";
        }
        return how(one).equals(how(other)) ? "same" : "changed";
    }

    private static String how(@org.jspecify.annotations.Nullable Item item) {
        if (item == null) {
            return "";
        }
        String ending = item.state() == ItemState.COMPLETED && !item.isUnconfirmed() ? "" : ItemText.ending(item);
        return item.state().word() + (ending.isEmpty() ? "" : ": " + ending);
    }

    private static List<Difference> differences(RunView before, RunView after) {
        List<Difference> rows = new ArrayList<>();
        for (ItemState state : ItemState.values()) {
            int one = before.counts().of(state);
            int other = after.counts().of(state);
            if (one + other > 0) {
                rows.add(new Difference(
                        state.word(), String.valueOf(one), String.valueOf(other), Differences.of(one, other)));
            }
        }
        rows.add(new Difference(
                "duration of the run",
                Differences.rounded(before.elapsed()),
                Differences.rounded(after.elapsed()),
                Differences.of(before.elapsed(), after.elapsed())));
        Duration one = sum(before);
        Duration other = sum(after);
        rows.add(new Difference(
                "time of all items", Differences.rounded(one), Differences.rounded(other), Differences.of(one, other)));
        Map<String, MetricsSummary.Figures> old =
                MetricsSummary.of(before.items()).byName();
        Map<String, MetricsSummary.Figures> recent =
                MetricsSummary.of(after.items()).byName();
        TreeSet<String> names = new TreeSet<>(old.keySet());
        names.addAll(recent.keySet());
        for (String name : names.stream().limit(ItemTable.METRICS_MAX).toList()) {
            MetricsSummary.Figures x = old.get(name);
            MetricsSummary.Figures y = recent.get(name);
            rows.add(new Difference(
                    name + " (mean)",
                    x == null ? "" : Amounts.number(x.mean()),
                    y == null ? "" : Amounts.number(y.mean()),
                    x == null || y == null ? "" : Differences.of(x.mean(), y.mean())));
        }
        return rows;
    }

    private static Duration sum(RunView view) {
        Duration sum = Duration.ZERO;
        for (Item item : view.items()) {
            sum = sum.plus(view.elapsed(item, item.attempt()).orElse(Duration.ZERO));
        }
        return sum;
    }

    private static ItemTable table(
            RunView before, RunView after, Map<ItemId, Item> old, Map<ItemId, Item> recent, Set<ItemId> ids) {
        List<Item> all = new ArrayList<>(before.items());
        all.addAll(after.items());
        List<String> metrics = ItemTable.metrics(all);
        List<ItemTable.Column> columns = new ArrayList<>(List.of(
                new ItemTable.Column("Before", "text"),
                new ItemTable.Column("After", "text"),
                new ItemTable.Column("Time before", "number"),
                new ItemTable.Column("Time after", "number"),
                new ItemTable.Column("Time difference", "number")));
        for (String name : metrics) {
            columns.add(new ItemTable.Column(name + " before", "metric"));
            columns.add(new ItemTable.Column(name + " after", "metric"));
            columns.add(new ItemTable.Column(name + " difference", "metric"));
        }
        List<ItemTable.Row> rows = new ArrayList<>();
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (ItemId id : ids) {
            Item one = old.get(id);
            Item other = recent.get(id);
            String word = word(one, other);
            counts.merge(word, 1, Integer::sum);
            List<ItemTable.Cell> cells = new ArrayList<>();
            cells.add(new ItemTable.Cell(how(one), "", ""));
            cells.add(new ItemTable.Cell(how(other), "", ""));
            Optional<Duration> x = one == null ? Optional.empty() : before.elapsed(one, one.attempt());
            Optional<Duration> y = other == null ? Optional.empty() : after.elapsed(other, other.attempt());
            cells.add(x.isEmpty() ? number("", null) : number(Differences.rounded(x.get()), seconds(x.get())));
            cells.add(y.isEmpty() ? number("", null) : number(Differences.rounded(y.get()), seconds(y.get())));
            cells.add(
                    x.isEmpty() || y.isEmpty()
                            ? number("", null)
                            : number(
                                    Differences.of(x.get(), y.get()),
                                    seconds(y.get().minus(x.get()))));
            for (String name : metrics) {
                Double from = one == null ? null : one.metrics().get(name);
                Double to = other == null ? null : other.metrics().get(name);
                cells.add(number(from == null ? "" : Amounts.number(from), from));
                cells.add(number(to == null ? "" : Amounts.number(to), to));
                cells.add(from == null || to == null ? number("", null) : number(Differences.of(from, to), to - from));
            }
            rows.add(new ItemTable.Row(id.value(), word, "", cells));
        }
        List<ItemTable.StateCount> states = ORDER.stream()
                .filter(counts::containsKey)
                .map(word -> new ItemTable.StateCount(word, counts.getOrDefault(word, 0)))
                .toList();
        return new ItemTable("Change", columns, ItemTable.groups(rows), states, rows.size());
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1_000.0;
    }

    private static ItemTable.Cell number(String text, @org.jspecify.annotations.Nullable Double sort) {
        return new ItemTable.Cell(text, sort == null ? "" : Amounts.number(sort), "n");
    }
}
