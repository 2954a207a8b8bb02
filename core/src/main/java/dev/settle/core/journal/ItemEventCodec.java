package dev.settle.core.journal;

import dev.settle.core.json.FieldWriter;
import dev.settle.core.json.Fields;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.SubmitToken;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Item events as fields of a journal line, and back. */
final class ItemEventCodec {
    private ItemEventCodec() {}

    static void write(ItemEvent event, FieldWriter out) throws IOException {
        out.text("item", event.item());
        switch (event.kind()) {
            case INTENDED -> {
                ItemEvent.Intended e = (ItemEvent.Intended) event;
                out.put("attempt", e.attempt()).text("token", e.token());
            }
            case SUBMITTED -> out.text("job", ((ItemEvent.Submitted) event).jobId());
            case REFUSED -> out.put("text", ((ItemEvent.Refused) event).text());
            case UNCLEAR -> out.put("text", ((ItemEvent.Unclear) event).text());
            case OBSERVED -> {
                out.begin("sighting");
                ValueCodec.write(out, ((ItemEvent.Observed) event).observation());
                out.end();
            }
            case QUEUED -> ValueCodec.writeMaybe(out, "wait", ((ItemEvent.Queued) event).why());
            case STARTED -> {
                ItemEvent.Started e = (ItemEvent.Started) event;
                out.put("started_at", e.startedAt()).maybe("node", e.node());
            }
            case LEFT -> out.put("why", ((ItemEvent.Left) event).why());
            case REQUEUED -> {
                ItemEvent.Requeued e = (ItemEvent.Requeued) event;
                out.put("attempt", e.attempt()).maybe("run_at", e.runAt());
                ValueCodec.writeMaybe(out, "wait", e.why());
            }
            case RETRIED -> {
                ItemEvent.Retried e = (ItemEvent.Retried) event;
                ValueCodec.write(out, "outcome", e.outcome());
                out.put("attempt", e.attempt()).put("not_before", e.notBefore());
            }
            case SETTLED -> ValueCodec.write(out, "outcome", ((ItemEvent.Settled) event).outcome());
            case CORRECTED -> ValueCodec.write(out, "outcome", ((ItemEvent.Corrected) event).outcome());
            case DEP_FAILED -> out.text("because", ((ItemEvent.DepFailed) event).because());
            case NOT_STARTED -> {
                ItemEvent.NotStarted e = (ItemEvent.NotStarted) event;
                ValueCodec.writeMaybeReason(out, "reason", e.reason());
                out.put("message", e.message());
            }
            case REOPENED -> {}
            case WITHDRAWN -> {
                ItemEvent.Withdrawn e = (ItemEvent.Withdrawn) event;
                ValueCodec.writeMaybeReason(out, "reason", e.reason());
                out.put("message", e.message());
            }
            case WITHDRAW_ASKED -> {
                ItemEvent.WithdrawAsked e = (ItemEvent.WithdrawAsked) event;
                ValueCodec.writeMaybeReason(out, "reason", e.reason());
                out.put("message", e.message());
            }
            case CANCEL_ASKED -> out.put("by", ((ItemEvent.CancelAsked) event).by());
            case MEASURED -> ValueCodec.write(out, "usage", ((ItemEvent.Measured) event).usage());
            case METRICS_READ -> writeMetrics(out, ((ItemEvent.MetricsRead) event).metrics());
        }
    }

    static ItemEvent read(ItemEvent.Kind kind, Fields f) throws IOException {
        ItemId item = ValueCodec.itemId(f, "item");
        return switch (kind) {
            case INTENDED -> new ItemEvent.Intended(item, f.integer("attempt"), new SubmitToken(f.text("token")));
            case SUBMITTED -> new ItemEvent.Submitted(item, JobId.of(f.text("job")));
            case REFUSED -> new ItemEvent.Refused(item, f.text("text"));
            case UNCLEAR -> new ItemEvent.Unclear(item, f.text("text"));
            case OBSERVED -> new ItemEvent.Observed(item, ValueCodec.observation(f.object("sighting")));
            case QUEUED -> new ItemEvent.Queued(item, ValueCodec.optWaitReason(f, "wait"));
            case STARTED -> new ItemEvent.Started(item, f.instant("started_at"), f.optWord("node"));
            case LEFT -> new ItemEvent.Left(item, f.word("why"));
            case REQUEUED ->
                new ItemEvent.Requeued(
                        item, f.integer("attempt"), ValueCodec.optWaitReason(f, "wait"), f.optInstant("run_at"));
            case RETRIED ->
                new ItemEvent.Retried(
                        item, ValueCodec.outcome(f.object("outcome")), f.integer("attempt"), f.instant("not_before"));
            case SETTLED -> new ItemEvent.Settled(item, ValueCodec.outcome(f.object("outcome")));
            case CORRECTED -> new ItemEvent.Corrected(item, ValueCodec.outcome(f.object("outcome")));
            case DEP_FAILED -> new ItemEvent.DepFailed(item, ValueCodec.itemId(f, "because"));
            case NOT_STARTED ->
                new ItemEvent.NotStarted(item, ValueCodec.optItemReason(f, "reason"), f.text("message"));
            case REOPENED -> new ItemEvent.Reopened(item);
            case WITHDRAWN -> new ItemEvent.Withdrawn(item, ValueCodec.optItemReason(f, "reason"), f.text("message"));
            case WITHDRAW_ASKED ->
                new ItemEvent.WithdrawAsked(item, ValueCodec.optItemReason(f, "reason"), f.text("message"));
            case CANCEL_ASKED -> new ItemEvent.CancelAsked(item, f.text("by"));
            case MEASURED -> new ItemEvent.Measured(item, ValueCodec.usage(Optional.of(f.object("usage"))));
            case METRICS_READ -> new ItemEvent.MetricsRead(item, metrics(f.object("metrics")));
        };
    }

    /** JSON has no word for infinity, which {@code 1e999} in an item's own file amounts to; such values go as text. */
    static void writeMetrics(FieldWriter out, Map<String, Double> metrics) throws IOException {
        out.begin("metrics");
        for (Map.Entry<String, Double> each : new TreeMap<>(metrics).entrySet()) {
            if (Double.isFinite(each.getValue())) {
                out.put(each.getKey(), each.getValue().doubleValue());
            } else {
                out.text(each.getKey(), each.getValue());
            }
        }
        out.end();
    }

    static Map<String, Double> metrics(Fields f) throws IOException {
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (String name : f.names()) {
            metrics.put(name, metric(f, name));
        }
        return metrics;
    }

    private static double metric(Fields f, String name) throws IOException {
        return switch (f.isText(name) ? f.text(name) : "") {
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            case "NaN" -> Double.NaN;
            default -> f.optDouble(name).orElseThrow(() -> new IOException("metric '" + name + "' has no value"));
        };
    }
}
