package dev.settle.core.view.explain;

import dev.settle.core.model.ItemReason;
import dev.settle.core.run.Entry;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunEvent;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.Usage;
import dev.settle.core.text.Times;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.Line;
import dev.settle.core.view.QueueText;
import dev.settle.core.view.ReplanText;
import dev.settle.core.view.Style;
import dev.settle.core.view.Table;
import dev.settle.core.view.Text;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What happened, a row each: when, who or what, and the words for it. */
final class Timeline {
    private final ZoneId zone;
    private final Table table = new Table()
            .column("", Table.Align.LEFT)
            .column("", Table.Align.LEFT)
            .column("", Table.Align.LEFT);

    Timeline(ZoneId zone) {
        this.zone = zone;
    }

    boolean isEmpty() {
        return table.isEmpty();
    }

    List<Line> lines() {
        return table.indented();
    }

    /** A step of an item. */
    void step(Explanation.Step step) {
        ItemEvent event = step.event();
        switch (event.kind()) {
            case INTENDED -> row(step.at(), "intended", "token " + ((ItemEvent.Intended) event).token());
            case SUBMITTED -> row(step.at(), "submitted", "job " + ((ItemEvent.Submitted) event).jobId());
            case REFUSED -> row(step.at(), "refused", ((ItemEvent.Refused) event).text());
            case UNCLEAR -> row(step.at(), "unclear", ((ItemEvent.Unclear) event).text());
            case OBSERVED -> {
                JobObservation said = ((ItemEvent.Observed) event).observation();
                table.row()
                        .cell(Times.second(said.at(), zone))
                        .cell(Style.STRONG, said.source().word())
                        .cell(ObservationText.of(said, zone));
            }
            case QUEUED -> {
                ItemEvent.Queued queued = (ItemEvent.Queued) event;
                row(step.at(), "queued", ItemText.why(queued.why()).orElse(""));
            }
            case STARTED -> {
                ItemEvent.Started started = (ItemEvent.Started) event;
                row(
                        step.at(),
                        "running",
                        "since " + Times.second(started.startedAt(), zone)
                                + (started.node().isPresent()
                                        ? " on " + started.node().get()
                                        : ""));
            }
            case LEFT -> row(step.at(), "settling", ((ItemEvent.Left) event).why());
            case REQUEUED -> {
                ItemEvent.Requeued requeued = (ItemEvent.Requeued) event;
                row(
                        step.at(),
                        "requeued",
                        "by the scheduler"
                                + (requeued.why().isPresent()
                                        ? ": " + requeued.why().get().raw()
                                        : ""));
            }
            case RETRIED -> outcome(step.at(), "attempt failed", ((ItemEvent.Retried) event).outcome());
            case SETTLED -> outcome(step.at(), "verdict", ((ItemEvent.Settled) event).outcome());
            case CORRECTED -> outcome(step.at(), "corrected", ((ItemEvent.Corrected) event).outcome());
            case DEP_FAILED -> row(step.at(), "dep_failed", "because of " + ((ItemEvent.DepFailed) event).because());
            case NOT_STARTED -> row(step.at(), "not_started", ((ItemEvent.NotStarted) event).message());
            case WITHDRAWN -> row(step.at(), "withdrawn", ((ItemEvent.Withdrawn) event).message());
            case REOPENED -> row(step.at(), "reopened", "by a resume");
            case WITHDRAW_ASKED -> row(step.at(), "withdrawing", ((ItemEvent.WithdrawAsked) event).message());
            case CANCEL_ASKED -> row(step.at(), "cancel requested", "by " + ((ItemEvent.CancelAsked) event).by());
            case MEASURED -> row(step.at(), "measured", usage(((ItemEvent.Measured) event).usage()));
            case METRICS_READ ->
                row(
                        step.at(),
                        "metrics",
                        Text.count(((ItemEvent.MetricsRead) event).metrics().size(), "number") + " reported");
        }
    }

    private void outcome(Instant at, String word, Outcome outcome) {
        row(
                at,
                word,
                outcome.state().word()
                        + (outcome.state() == ItemState.COMPLETED && outcome.reason() == ItemReason.OK
                                ? ""
                                : ": " + outcome.fullPhrase())
                        + (outcome.isConfirmed()
                                ? ", confirmed by " + outcome.confirmedBy().word()
                                : ", confirmed by no source")
                        + ", rule " + outcome.rule());
    }

    private static String usage(Usage usage) {
        List<String> parts = new ArrayList<>();
        if (usage.elapsedSeconds().isPresent()) {
            parts.add(usage.elapsedSeconds().getAsLong() + " s elapsed");
        }
        if (usage.cpuSeconds().isPresent()) {
            parts.add(Amounts.number(usage.cpuSeconds().getAsDouble()) + " s of cpu time");
        }
        if (usage.maxRssBytes().isPresent()) {
            parts.add(Amounts.bytes(usage.maxRssBytes().getAsLong()) + " of memory");
        }
        if (usage.cpus().isPresent()) {
            parts.add(Text.count(usage.cpus().getAsInt(), "cpu"));
        }
        return String.join(", ", parts);
    }

    /** A step of the run as a whole. */
    void runStep(Entry entry) {
        RunEvent event = entry.event();
        switch (event.kind()) {
            case OPENED -> {
                RunEvent.Opened opened = (RunEvent.Opened) event;
                row(entry.at(), "opened", "by " + opened.user() + " in " + opened.directory());
            }
            case DRIVEN -> {
                RunEvent.Driven driven = (RunEvent.Driven) event;
                row(
                        entry.at(),
                        "driven",
                        "by process " + driven.pid() + " on " + driven.host() + ", fence " + driven.fence());
            }
            case RELEASED -> row(entry.at(), "released", ((RunEvent.Released) event).why());
            case ITEM -> throw new IllegalArgumentException("an item's event is not the run's: " + event);
            case APPENDED -> {
                RunEvent.Appended appended = (RunEvent.Appended) event;
                row(
                        entry.at(),
                        "appended",
                        Text.count(appended.items().size(), "item")
                                + (appended.by().isPresent()
                                        ? " by " + appended.by().get()
                                        : ""));
            }
            case QUEUE -> {
                Optional<String> text = QueueText.of(((RunEvent.OfQueue) event).event());
                if (text.isPresent()) {
                    row(entry.at(), "queue", text.get());
                }
            }
            case SILENT -> {
                RunEvent.Silent silent = (RunEvent.Silent) event;
                row(entry.at(), "silent", silent.source().word() + ": " + silent.text());
            }
            case HELD_BACK -> {
                RunEvent.HeldBack held = (RunEvent.HeldBack) event;
                row(
                        entry.at(),
                        "held back",
                        held.source().word() + " until " + Times.second(held.until(), zone) + ": " + held.text());
            }
            case ANSWERED ->
                row(entry.at(), "answered", ((RunEvent.Answered) event).source().word());
            case ACCOUNTING_OFF -> row(entry.at(), "no accounting", ((RunEvent.AccountingOff) event).text());
            case CREDIT_AWAITED ->
                row(
                        entry.at(),
                        "credit awaited",
                        ((RunEvent.CreditAwaited) event).stop().detail().orElse(""));
            case CREDIT_BACK -> row(entry.at(), "credit back", "");
            case CANCEL_ASKED -> row(entry.at(), "cancel requested", "by " + ((RunEvent.CancelAsked) event).by());
            case STOPPING ->
                row(
                        entry.at(),
                        "stopping",
                        ((RunEvent.Stopping) event).stop().reason().word());
            case ENDED ->
                row(
                        entry.at(),
                        "ended",
                        ((RunEvent.Ended) event).stop().reason().word());
            case RESUMED -> row(entry.at(), "resumed", "by " + ((RunEvent.Resumed) event).by());
            case NOTIFICATION -> {
                RunEvent.Notification notification = (RunEvent.Notification) event;
                row(
                        entry.at(),
                        "notification",
                        notification.step().word()
                                + notification.text().map(text -> ": " + text).orElse(""));
            }
            case REPLANNED -> row(entry.at(), "changed", ReplanText.of((RunEvent.Replanned) event));
        }
    }

    private void row(Instant at, String word, String text) {
        table.row().cell(Times.second(at, zone)).cell(word).cell(text);
    }
}
