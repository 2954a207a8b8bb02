package dev.settle.core.journal;

import dev.settle.core.json.FieldWriter;
import dev.settle.core.json.Fields;
import dev.settle.core.model.QueueObjective;
import dev.settle.core.run.QueueEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The fields of queue events, and back. */
final class QueueEventCodec {
    private QueueEventCodec() {}

    static void write(QueueEvent event, FieldWriter out) throws IOException {
        switch (event.kind()) {
            case STARTING -> {}
            case ATTACHED -> {
                QueueEvent.Attached e = (QueueEvent.Attached) event;
                out.put("queue_run", e.run()).maybe("queue_name", e.name()).put("step", e.step());
                QueueObjective objective = e.objective();
                out.maybe("command", objective.command())
                        .maybe("metric_name", objective.metric())
                        .maybe("steps", objective.steps());
                out.maybe("goal", objective.maximize().map(maximize -> maximize ? "maximize" : "minimize"));
            }
            case CLAIMING -> out.put("task", ((QueueEvent.Claiming) event).task());
            case NOT_CLAIMED -> {
                QueueEvent.NotClaimed e = (QueueEvent.NotClaimed) event;
                out.put("task", e.task()).flag("lost", e.lost()).put("text", e.text());
            }
            case CLAIMED -> {
                QueueEvent.Claimed e = (QueueEvent.Claimed) event;
                out.text("item", e.item()).put("task", e.task()).put("step", e.step());
                out.put("revision", e.revision())
                        .put("fingerprint", e.fingerprint())
                        .texts("others", e.others());
            }
            case STORED -> {
                QueueEvent.Stored e = (QueueEvent.Stored) event;
                out.text("item", e.item()).put("result", e.result()).maybe("metric", e.metric());
            }
            case SENDING -> out.text("item", ((QueueEvent.Sending) event).item());
            case SUBMITTED -> {
                QueueEvent.Submitted e = (QueueEvent.Submitted) event;
                out.text("item", e.item())
                        .put("submission", e.submission().word())
                        .put("text", e.text());
            }
            case RETRIED -> {
                QueueEvent.Retried e = (QueueEvent.Retried) event;
                out.put("call", e.call())
                        .put("attempt", e.attempt())
                        .put("attempts_max", e.attemptsMax())
                        .put("delay_ms", e.delay().toMillis())
                        .put("text", e.text());
            }
            case BEST_KEPT -> {
                QueueEvent.BestKept e = (QueueEvent.BestKept) event;
                out.put("step", e.step()).maybe("metric", e.metric()).put("folder", e.folder());
            }
            case CLOSED -> out.put("status", ((QueueEvent.Closed) event).status());
        }
    }

    static QueueEvent read(QueueEvent.Kind kind, Fields f) throws IOException {
        return switch (kind) {
            case STARTING -> new QueueEvent.Starting();
            case ATTACHED ->
                new QueueEvent.Attached(
                        f.text("queue_run"),
                        f.optText("queue_name"),
                        f.integer("step"),
                        new QueueObjective(
                                f.optText("command"),
                                f.optText("metric_name"),
                                f.optText("goal").map("maximize"::equals),
                                f.optInt("steps")));
            case CLAIMING -> new QueueEvent.Claiming(f.text("task"));
            case NOT_CLAIMED -> new QueueEvent.NotClaimed(f.text("task"), f.flag("lost"), f.text("text"));
            case CLAIMED ->
                new QueueEvent.Claimed(
                        ValueCodec.itemId(f, "item"),
                        f.text("task"),
                        f.integer("step"),
                        f.text("revision"),
                        f.optText("fingerprint").orElse(""),
                        List.copyOf(f.texts("others")));
            case STORED -> new QueueEvent.Stored(ValueCodec.itemId(f, "item"), f.text("result"), f.optDouble("metric"));
            case SENDING -> new QueueEvent.Sending(ValueCodec.itemId(f, "item"));
            case SUBMITTED ->
                new QueueEvent.Submitted(
                        ValueCodec.itemId(f, "item"), submission(f.text("submission")), f.text("text"));
            case RETRIED ->
                new QueueEvent.Retried(
                        f.text("call"),
                        f.integer("attempt"),
                        f.integer("attempts_max"),
                        Duration.ofMillis(f.longer("delay_ms")),
                        f.text("text"));
            case BEST_KEPT -> new QueueEvent.BestKept(f.integer("step"), f.optDouble("metric"), f.text("folder"));
            case CLOSED -> new QueueEvent.Closed(f.text("status"));
        };
    }

    private static QueueEvent.Submission submission(String word) throws UnknownWordException {
        Optional<QueueEvent.Submission> submission = QueueEvent.Submission.ofWord(word);
        if (submission.isEmpty()) {
            throw new UnknownWordException("submission", word);
        }
        return submission.get();
    }
}
