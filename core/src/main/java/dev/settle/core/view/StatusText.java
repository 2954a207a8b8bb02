package dev.settle.core.view;

import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.scheduler.Source;
import dev.settle.core.text.Times;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** One look at a run, for people. */
public final class StatusText {
    /** More items than this are counted, not listed; the JSON has all of them. */
    public static final int ROWS_MAX = 50;

    /** Wide enough for anything: for readers without a terminal. */
    public static final int ANY_WIDTH = Integer.MAX_VALUE;

    /** What deserves a look first, when not everything is shown. */
    private static final List<ItemState> BY_INTEREST = List.of(
            ItemState.FAILED,
            ItemState.CANCELLED,
            ItemState.SETTLING,
            ItemState.RUNNING,
            ItemState.QUEUED,
            ItemState.SUBMITTED,
            ItemState.DEP_FAILED,
            ItemState.NOT_STARTED,
            ItemState.PENDING,
            ItemState.COMPLETED);

    private static final int NAME_COLUMNS = 24;

    private StatusText() {}

    /**
     * The status of a run.
     *
     * @param columns lines are cut there; {@link #ANY_WIDTH} for none
     * @param rowsMax at most so many items
     */
    public static List<Line> of(RunView view, ZoneId zone, int columns, int rowsMax) {
        List<Line> lines = new ArrayList<>();
        lines.add(title(view, zone));
        lines.add(VerdictLines.headline(view));
        lines.addAll(VerdictLines.stopBlock(view, zone));
        lines.addAll(banners(view, zone));
        ReplanText.changes(view.run()).ifPresent(text -> lines.add(Line.of(text)));
        lines.add(counts(view));
        List<Line> cut = new ArrayList<>();
        for (Line line : lines) {
            line.wrap(columns).forEach(part -> cut.add(part.fit(columns)));
        }
        cut.add(Line.EMPTY);
        cut.addAll(items(view, columns, rowsMax));
        MetricsSummary metrics = MetricsSummary.of(view.items());
        if (!metrics.byName().isEmpty()) {
            cut.add(Line.EMPTY);
            cut.addAll(metrics(metrics, columns));
        }
        Optional<String> hint = view.hint();
        if (hint.isPresent()) {
            cut.add(Line.EMPTY);
            cut.addAll(Line.of(hint.get()).wrap(columns));
        }
        return cut;
    }

    /** {@code k3v9q2m7  nightly-evals  failed after 33s on slurm, created 2026-11-20 23:00}. */
    private static Line title(RunView view, ZoneId zone) {
        DriverView driver = view.driver();
        return name(view)
                .and(", created " + Times.minute(view.run().createdAt(), zone)
                        + (driver.alive()
                                ? ", managed by process " + driver.pid().orElse(0) + " on "
                                        + driver.host().orElse("an unknown host")
                                : ""));
    }

    /** {@code k3v9q2m7  nightly-evals  running for 3m24s on slurm}. */
    public static Line name(RunView view) {
        return Line.of(Style.STRONG, view.id())
                .and("  " + view.name() + "  ")
                .and(VerdictLines.style(view), view.stateWord())
                .and((view.isEnded() ? " after " : " for ") + Amounts.duration(view.elapsed()) + " on "
                        + view.run().opened().backend());
    }

    /** {@code held back until 12:30:05: 60 commands in 5 min}. */
    public static String heldBack(RunEvent.HeldBack held, ZoneId zone) {
        return "held back until " + Times.clock(held.until(), zone) + ": " + held.text();
    }

    /** What keeps the run from knowing or going on: silent sources, missing accounting, missing credit. */
    public static List<Line> banners(RunView view, ZoneId zone) {
        List<Line> lines = new ArrayList<>();
        view.gone(zone).ifPresent(text -> lines.add(Line.of(Style.WARN, text)));
        if (!view.isEnded()) {
            for (Map.Entry<Source, Entry> silent : view.run().silent().entrySet()) {
                lines.add(Line.of(
                        Style.WARN,
                        silent.getKey().word() + " has not answered since "
                                + Times.clock(silent.getValue().at(), zone) + ": "
                                + ((RunEvent.Silent) silent.getValue().event()).text()));
            }
            view.heldBack().forEach(held -> lines.add(Line.of(Style.WARN, "Query " + heldBack(held, zone))));
            if (view.run().awaitedCredit().isPresent()) {
                Stop awaited = view.run().awaitedCredit().get();
                lines.add(Line.of(
                        Style.WARN,
                        "Waiting: " + awaited.reason().phrase()
                                + (awaited.detail().isPresent()
                                        ? ": " + awaited.detail().get()
                                        : "")));
                if (awaited.link().isPresent()) {
                    lines.add(Line.of(
                            Style.WARN,
                            "Top up at " + awaited.link().get() + "; the run continues by itself when credit is back"));
                }
            }
        }
        if (view.run().isAccountingOff()) {
            lines.add(Line.of(
                    Style.WARN,
                    "This cluster keeps no accounting: the controller and the jobs' exit records confirm verdicts"));
        }
        return lines;
    }

    /** {@code 14 completed, 2 failed, 4 pending of 20}: only the states that some item is in. */
    public static Line counts(RunView view) {
        Line line = Line.EMPTY;
        for (ItemState state : ItemState.values()) {
            int count = view.counts().of(state);
            if (count > 0) {
                line = line.and((line == Line.EMPTY ? "" : ", "))
                        .and(ItemText.style(state), count + " " + state.word());
            }
        }
        return line.and(line == Line.EMPTY ? "no items" : " of " + view.counts().total());
    }

    private static List<Line> items(RunView view, int columns, int rowsMax) {
        List<Item> shown = view.items();
        int more = 0;
        if (shown.size() > rowsMax) {
            more = shown.size() - rowsMax;
            shown = mostInteresting(view.items(), rowsMax);
        }
        Table table = new Table()
                .column("ITEM", Table.Align.LEFT, Table.Cut.NEVER, Table.NEEDED)
                .column("STATE", Table.Align.LEFT)
                .column("ATTEMPT", Table.Align.RIGHT, Table.Cut.AT_THE_END, 3)
                .column("JOB", Table.Align.LEFT, Table.Cut.NEVER, 2)
                .column("TIME", Table.Align.RIGHT, Table.Cut.AT_THE_END, 4)
                .column("CPU", Table.Align.RIGHT, Table.Cut.AT_THE_END, 7)
                .column("MEMORY", Table.Align.RIGHT, Table.Cut.AT_THE_END, 6)
                .column("NODE", Table.Align.LEFT, Table.Cut.AT_THE_END, 5)
                .column("DETAIL", Table.Align.LEFT, Table.Cut.AT_THE_END, 1);
        for (Item item : shown) {
            row(table.row(), view, item);
        }
        List<Line> lines = new ArrayList<>(table.lines(columns));
        if (more > 0) {
            lines.add(Line.of("and " + more + " more; settle status " + view.id() + " --json lists all")
                    .fit(columns));
        }
        return lines;
    }

    /** One pass a state, so that the order of the plan is kept within each. */
    private static List<Item> mostInteresting(List<Item> items, int rowsMax) {
        List<Item> shown = new ArrayList<>();
        for (ItemState state : BY_INTEREST) {
            for (Item item : items) {
                if (shown.size() == rowsMax) {
                    return shown;
                }
                if (item.state() == state) {
                    shown.add(item);
                }
            }
        }
        return shown;
    }

    private static void row(Table table, RunView view, Item item) {
        Optional<Duration> elapsed = view.elapsed(item, item.attempt());
        OptionalDouble cpu = Amounts.efficiencyPercent(item.usage());
        table.cell(label(view, item))
                .cell(ItemText.style(item.state()), item.state().word())
                .cell(
                        item.attempt().number() > 1
                                ? String.valueOf(item.attempt().number())
                                : "")
                .cell(
                        item.attempt().jobId().isPresent()
                                ? item.attempt().jobId().get().toString()
                                : "")
                .cell(elapsed.isPresent() ? Amounts.duration(elapsed.get()) : "")
                .cell(cpu.isPresent() ? Amounts.decimal(cpu.getAsDouble(), 1) + "%" : "")
                .cell(
                        item.usage().maxRssBytes().isPresent()
                                ? Amounts.bytes(item.usage().maxRssBytes().getAsLong())
                                : "")
                .cell(item.attempt().node().orElse(""))
                .cell(ItemText.what(view, item));
    }

    /** A job that settle did not submit is known by its Slurm name as well. */
    private static String label(RunView view, Item item) {
        String id = item.id().value();
        String name = item.plan().name();
        return view.run().opened().watched() && !name.equals(id) ? id + " " + Text.fitMiddle(name, NAME_COLUMNS) : id;
    }

    /** Count, mean, least and greatest of each metric. */
    static List<Line> metrics(MetricsSummary metrics, int columns) {
        Table table = new Table()
                .column("METRIC", Table.Align.LEFT)
                .column("COUNT", Table.Align.RIGHT)
                .column("MEAN", Table.Align.RIGHT)
                .column("MIN", Table.Align.RIGHT)
                .column("MAX", Table.Align.RIGHT);
        for (Map.Entry<String, MetricsSummary.Figures> each : metrics.byName().entrySet()) {
            table.row()
                    .cell(each.getKey())
                    .cell(String.valueOf(each.getValue().count()))
                    .cell(Amounts.number(each.getValue().mean()))
                    .cell(Amounts.number(each.getValue().min()))
                    .cell(Amounts.number(each.getValue().max()));
        }
        return table.lines(columns);
    }
}
