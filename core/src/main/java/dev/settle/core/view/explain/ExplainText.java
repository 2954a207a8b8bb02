package dev.settle.core.view.explain;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.ResourceChanges;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunEvent;
import dev.settle.core.text.Times;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.Line;
import dev.settle.core.view.QueueText;
import dev.settle.core.view.RunView;
import dev.settle.core.view.StatusText;
import dev.settle.core.view.Style;
import dev.settle.core.view.Table;
import dev.settle.core.view.VerdictLines;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** The evidence behind a verdict, for people: what was seen, by whom, when, and which rule decided. */
public final class ExplainText {
    /** Of a longer list of what happened only the beginning and the end are shown, where no item is named. */
    static final int STEPS_MAX = 16;

    /** And only the last attempts. */
    static final int ATTEMPTS_MAX = 3;

    private final RunView view;
    private final Explanation explanation;
    private final RuleText rules;
    private final ZoneId zone;

    private ExplainText(RunView view, Explanation explanation, RuleText rules, ZoneId zone) {
        this.view = view;
        this.explanation = explanation;
        this.rules = rules;
        this.zone = zone;
    }

    /**
     * The items that were collected, each with its whole history; or, bounded, the run as a whole by the kinds of its
     * verdicts, with an example of each.
     */
    public static List<Line> of(RunView view, Explanation explanation, RuleText rules, ZoneId zone, int columns) {
        ExplainText text = new ExplainText(view, explanation, rules, zone);
        List<Line> lines = new ArrayList<>();
        if (text.isOfRun()) {
            lines.addAll(text.run());
        }
        for (ItemId id : explanation.items()) {
            if (!lines.isEmpty()) {
                lines.add(Line.EMPTY);
            }
            lines.addAll(text.item(view.run().item(id).orElseThrow()));
        }
        return lines.stream().map(line -> line.fit(columns)).toList();
    }

    /** One of the items that were collected, with its whole history. */
    public static List<Line> ofItem(
            RunView view, Explanation explanation, ItemId id, RuleText rules, ZoneId zone, int columns) {
        ExplainText text = new ExplainText(view, explanation, rules, zone);
        return text.item(view.run().item(id).orElseThrow()).stream()
                .map(line -> line.fit(columns))
                .toList();
    }

    private boolean isOfRun() {
        return !explanation.kinds().isEmpty();
    }

    /** What happened, or its beginning and its end. */
    private List<Line> steps(Timeline timeline) {
        List<Line> lines = timeline.lines();
        if (!isOfRun() || lines.size() <= STEPS_MAX) {
            return lines;
        }
        List<Line> few = new ArrayList<>(lines.subList(0, STEPS_MAX / 2));
        few.add(Line.of(Style.FAINT, "  and " + (lines.size() - STEPS_MAX) + " more"));
        few.addAll(lines.subList(lines.size() - STEPS_MAX / 2, lines.size()));
        return few;
    }

    private List<Line> run() {
        List<Line> lines = new ArrayList<>();
        lines.add(Line.of(Style.STRONG, "run " + view.id()).and(" (" + view.name() + ")"));
        lines.add(VerdictLines.headline(view));
        lines.addAll(VerdictLines.stopBlock(view, zone));
        lines.addAll(StatusText.banners(view, zone));
        lines.add(Line.EMPTY);
        lines.addAll(verdicts());
        lines.add(Line.of(Style.STRONG, "What happened to the run"));
        Timeline timeline = new Timeline(zone);
        for (Entry entry : explanation.ofRun()) {
            timeline.runStep(entry);
        }
        lines.addAll(steps(timeline));
        if (explanation.leftOut() > 0) {
            lines.add(Line.of("  and " + explanation.leftOut() + " more"));
        }
        return lines;
    }

    /** How many items are in which state for which reason, and which rule of evidence decided. */
    private List<Line> verdicts() {
        Table table = new Table()
                .column("COUNT", Table.Align.RIGHT)
                .column("STATE", Table.Align.LEFT)
                .column("REASON", Table.Align.LEFT)
                .column("CONFIRMED BY", Table.Align.LEFT)
                .column("RULE", Table.Align.LEFT)
                .column("EXAMPLE", Table.Align.LEFT);
        Set<String> used = new LinkedHashSet<>();
        for (VerdictKind kind : explanation.kinds()) {
            table.row()
                    .cell(String.valueOf(kind.count()))
                    .cell(ItemText.style(kind.state()), kind.state().word())
                    .cell(kind.ending())
                    .cell(kind.confirmedBy().map(ConfirmedBy::word).orElse(""))
                    .cell(kind.rule())
                    .cell(kind.example().value());
            if (!kind.rule().isEmpty()) {
                used.add(kind.rule());
            }
        }
        List<Line> lines = new ArrayList<>();
        lines.add(Line.of(Style.STRONG, "Verdicts"));
        lines.addAll(table.indented());
        for (String rule : used) {
            lines.add(Line.of("  " + rule(rule)));
        }
        lines.add(Line.of("  The evidence of any other item: settle explain " + view.id() + " ITEM"));
        lines.add(Line.EMPTY);
        return lines;
    }

    private List<Line> item(Item item) {
        List<Line> lines = new ArrayList<>();
        lines.add(Line.of(Style.STRONG, item.id().value()).and(" of run " + view.id() + " (" + view.name() + ")"));
        String detail = ItemText.detail(view, item);
        lines.add(
                Line.of(ItemText.style(item.state()), item.state().word()).and(detail.isEmpty() ? "" : ": " + detail));
        lines.add(Line.EMPTY);
        if (item.attempt().outcome().isPresent()) {
            lines.addAll(verdict(item, item.attempt().outcome().get()));
            lines.add(Line.EMPTY);
        }
        int attempt = 0;
        int first = isOfRun() ? item.attempt().number() - ATTEMPTS_MAX : 0;
        Timeline timeline = new Timeline(zone);
        for (Explanation.Step step : explanation.steps(item.id())) {
            if (step.attempt() != attempt) {
                addAttempt(lines, attempt, timeline);
                timeline = new Timeline(zone);
                attempt = step.attempt();
            }
            if (step.attempt() > first) {
                timeline.step(step);
            }
        }
        addAttempt(lines, attempt, timeline);
        if (!item.plan().retries().growth().isNone() && item.retriesUsed() > 0) {
            lines.add(Line.of("  this attempt asked for " + ResourceChanges.of(item.requested()) + " (after "
                    + (item.retriesUsed() == 1 ? "1 retry" : item.retriesUsed() + " retries") + ": "
                    + item.plan().retries().growth() + ")"));
        }
        if (explanation.leftOut(item.id()) > 0) {
            lines.add(Line.of("  and " + explanation.leftOut(item.id()) + " more"));
        }
        lines.addAll(queue(item));
        lines.addAll(outages(item));
        return lines;
    }

    private void addAttempt(List<Line> lines, int attempt, Timeline timeline) {
        if (timeline.isEmpty()) {
            return;
        }
        lines.add(Line.of(Style.STRONG, "Attempt " + attempt));
        lines.addAll(steps(timeline));
    }

    private List<Line> verdict(Item item, Outcome outcome) {
        Table table = new Table().column("", Table.Align.LEFT).column("", Table.Align.LEFT);
        fact(table, "state", outcome.state().word());
        fact(table, "reason", outcome.reason().word());
        fact(table, "exit code", number(outcome.exitCode()));
        fact(table, "signal", number(outcome.signal()));
        fact(table, "confirmed by", outcome.confirmedBy().word());
        fact(table, "scheduler", outcome.schedulerState().orElse("-"));
        fact(table, "rule", rule(outcome.rule()));
        fact(table, "message", outcome.message().orElse("-"));
        fact(
                table,
                "settled at",
                item.settledAt().isPresent() ? Times.second(item.settledAt().get(), zone) : "-");
        List<Line> lines = new ArrayList<>();
        lines.add(Line.of(Style.STRONG, "Verdict"));
        lines.addAll(table.indented());
        return lines;
    }

    private static void fact(Table table, String name, String value) {
        table.row().cell(Style.FAINT, name).cell(value);
    }

    /** An absent code is not 0. */
    private static String number(OptionalInt number) {
        return number.isPresent() ? String.valueOf(number.getAsInt()) : "-";
    }

    private String rule(String word) {
        String sentence = rules.sentence(word);
        return sentence.isEmpty() ? word : word + ": " + sentence;
    }

    /** What passed between a step and the step queue that it is from. */
    private List<Line> queue(Item item) {
        Timeline timeline = new Timeline(zone);
        for (Entry entry : explanation.ofRun()) {
            if (entry.event() instanceof RunEvent.OfQueue of
                    && QueueText.itemOf(of.event()).filter(item.id()::equals).isPresent()) {
                timeline.runStep(entry);
            }
        }
        if (timeline.isEmpty()) {
            return List.of();
        }
        List<Line> lines = new ArrayList<>();
        lines.add(Line.of(Style.STRONG, "Step queue"));
        lines.addAll(timeline.lines());
        return lines;
    }

    /** When sources were silent while the item was on its way: it explains why a verdict took its time. */
    private List<Line> outages(Item item) {
        List<Explanation.Step> steps = explanation.steps(item.id());
        if (steps.isEmpty()) {
            return List.of();
        }
        Instant from = steps.get(0).at();
        Instant to = steps.get(steps.size() - 1).at();
        Timeline timeline = new Timeline(zone);
        for (Entry entry : explanation.ofRun()) {
            boolean within = !entry.at().isBefore(from) && !entry.at().isAfter(to);
            switch (entry.event().kind()) {
                case REPLANNED -> timeline.runStep(entry);
                case SILENT, HELD_BACK, ANSWERED, ACCOUNTING_OFF -> {
                    if (within) {
                        timeline.runStep(entry);
                    }
                }
                case OPENED,
                        DRIVEN,
                        RELEASED,
                        ITEM,
                        APPENDED,
                        QUEUE,
                        CREDIT_AWAITED,
                        CREDIT_BACK,
                        CANCEL_ASKED,
                        STOPPING,
                        ENDED,
                        RESUMED,
                        NOTIFICATION -> {}
            }
        }
        if (timeline.isEmpty()) {
            return List.of();
        }
        List<Line> lines = new ArrayList<>();
        lines.add(Line.of(Style.STRONG, "Meanwhile"));
        lines.addAll(timeline.lines());
        return lines;
    }
}
