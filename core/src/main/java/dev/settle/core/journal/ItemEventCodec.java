package dev.settle.core.journal;

import dev.settle.core.json.Fields;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.scheduler.WaitReason;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Item events as fields of a journal line, and back. */
final class ItemEventCodec {
    private ItemEventCodec() {}

    static void write(ItemEvent event, Tree tree) {
        tree.text("item", event.item());
        switch (event.kind()) {
            case INTENDED -> {
                ItemEvent.Intended e = (ItemEvent.Intended) event;
                tree.put("attempt", e.attempt()).text("token", e.token());
            }
            case SUBMITTED -> tree.text("job", ((ItemEvent.Submitted) event).jobId());
            case REFUSED -> tree.put("text", ((ItemEvent.Refused) event).text());
            case UNCLEAR -> tree.put("text", ((ItemEvent.Unclear) event).text());
            case OBSERVED -> tree.object("sighting", ValueCodec.tree(((ItemEvent.Observed) event).observation()));
            case QUEUED -> wait(tree, ((ItemEvent.Queued) event).why());
            case STARTED -> {
                ItemEvent.Started e = (ItemEvent.Started) event;
                tree.text("started_at", e.startedAt()).maybe("node", e.node());
            }
            case LEFT -> tree.put("why", ((ItemEvent.Left) event).why());
            case REQUEUED -> {
                ItemEvent.Requeued e = (ItemEvent.Requeued) event;
                wait(tree.put("attempt", e.attempt()).maybe("run_at", e.runAt()), e.why());
            }
            case RETRIED -> {
                ItemEvent.Retried e = (ItemEvent.Retried) event;
                tree.object("outcome", ValueCodec.tree(e.outcome()))
                        .put("attempt", e.attempt())
                        .text("not_before", e.notBefore());
            }
            case SETTLED -> tree.object("outcome", ValueCodec.tree(((ItemEvent.Settled) event).outcome()));
            case CORRECTED -> tree.object("outcome", ValueCodec.tree(((ItemEvent.Corrected) event).outcome()));
            case DEP_FAILED -> tree.text("because", ((ItemEvent.DepFailed) event).because());
            case NOT_STARTED -> {
                ItemEvent.NotStarted e = (ItemEvent.NotStarted) event;
                tree.maybe("reason", e.reason().map(ItemReason::word)).put("message", e.message());
            }
            case REOPENED -> {}
            case WITHDRAWN -> {
                ItemEvent.Withdrawn e = (ItemEvent.Withdrawn) event;
                tree.maybe("reason", e.reason().map(ItemReason::word)).put("message", e.message());
            }
            case WITHDRAW_ASKED -> {
                ItemEvent.WithdrawAsked e = (ItemEvent.WithdrawAsked) event;
                tree.maybe("reason", e.reason().map(ItemReason::word)).put("message", e.message());
            }
            case CANCEL_ASKED -> tree.put("by", ((ItemEvent.CancelAsked) event).by());
            case MEASURED -> tree.object("usage", ValueCodec.tree(((ItemEvent.Measured) event).usage()));
            case METRICS_READ -> metrics(tree, ((ItemEvent.MetricsRead) event).metrics());
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
            case QUEUED -> new ItemEvent.Queued(item, wait(f));
            case STARTED -> new ItemEvent.Started(item, f.instant("started_at"), Words.optText(f, "node"));
            case LEFT -> new ItemEvent.Left(item, Words.text(f, "why"));
            case REQUEUED -> new ItemEvent.Requeued(item, f.integer("attempt"), wait(f), f.optInstant("run_at"));
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

    private static void wait(Tree tree, Optional<WaitReason> why) {
        tree.maybeObject("wait", why.map(ValueCodec::tree));
    }

    private static Optional<WaitReason> wait(Fields f) throws IOException {
        Optional<Fields> why = f.optObject("wait");
        return why.isPresent() ? Optional.of(ValueCodec.waitReason(why.get())) : Optional.empty();
    }

    /** JSON has no word for infinity, which {@code 1e999} in an item's own file amounts to; such values go as text. */
    private static void metrics(Tree tree, Map<String, Double> metrics) {
        Tree values = new Tree();
        for (Map.Entry<String, Double> each : new TreeMap<>(metrics).entrySet()) {
            if (Double.isFinite(each.getValue())) {
                values.maybe(each.getKey(), OptionalDouble.of(each.getValue()));
            } else {
                values.text(each.getKey(), each.getValue());
            }
        }
        tree.object("metrics", values);
    }

    private static Map<String, Double> metrics(Fields f) throws IOException {
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (Map.Entry<String, ?> each : f.asMap().entrySet()) {
            metrics.put(each.getKey(), metric(f, each.getKey(), each.getValue()));
        }
        return metrics;
    }

    private static double metric(Fields f, String name, Object value) throws IOException {
        if (value instanceof String text) {
            return switch (text) {
                case "Infinity" -> Double.POSITIVE_INFINITY;
                case "-Infinity" -> Double.NEGATIVE_INFINITY;
                case "NaN" -> Double.NaN;
                default -> throw new IOException("metric '" + name + "' is no number: " + text);
            };
        }
        return f.optDouble(name).orElseThrow(() -> new IOException("metric '" + name + "' has no value"));
    }
}
