package dev.settle.core.journal;

import dev.settle.core.json.FieldWriter;
import dev.settle.core.json.Fields;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Items as a snapshot has them: the plan's fields, and what the item's events have left. */
final class ItemCodec {
    private ItemCodec() {}

    static void write(FieldWriter out, Item item) throws IOException {
        out.begin("plan");
        PlanCodec.write(out, item.plan());
        out.end().put("state", item.state().word());
        write(out, "attempt", item.attempt());
        if (!item.earlier().isEmpty()) {
            out.beginList("earlier");
            for (Attempt attempt : item.earlier()) {
                out.begin();
                write(out, attempt);
                out.end();
            }
            out.endList();
        }
        out.put("retries_used", item.retriesUsed()).put("refusals", item.refusals());
        ValueCodec.writeMaybe(out, "wait", item.waitReason());
        out.maybe("not_before", item.notBefore()).maybe("cancel_asked_by", item.cancelAskedBy());
        if (item.withdrawal().isPresent()) {
            out.begin("withdrawal");
            ItemEventCodec.write(item.withdrawal().get(), out);
            out.end();
        }
        ValueCodec.writeMaybeReason(out, "reason", item.reason());
        out.maybe("message", item.message())
                .maybe("settled_at", item.settledAt())
                .maybe("changed_at", item.changedAt());
        ValueCodec.writeMaybe(out, "usage", item.usage());
        if (!item.metrics().isEmpty()) {
            ItemEventCodec.writeMetrics(out, item.metrics());
        }
    }

    /** @param index the item's place in the run */
    static Item read(Fields f, int index, PlanCodec.Alike alike) throws IOException {
        return Item.restored(
                PlanCodec.item(f.object("plan"), alike),
                index,
                ValueCodec.itemState(f.text("state")),
                attempt(f.object("attempt")),
                f.list("earlier", ItemCodec::attempt),
                f.integer("retries_used"),
                f.integer("refusals"),
                ValueCodec.optWaitReason(f, "wait"),
                f.optInstant("not_before"),
                f.optWord("cancel_asked_by"),
                withdrawal(f),
                ValueCodec.optItemReason(f, "reason"),
                f.optWord("message"),
                f.optInstant("settled_at"),
                f.optInstant("changed_at"),
                ValueCodec.usage(f.optObject("usage")),
                metrics(f.optTree("metrics")));
    }

    private static Map<String, Double> metrics(Optional<Fields> f) throws IOException {
        return f.isPresent() ? Map.copyOf(ItemEventCodec.metrics(f.get())) : Map.of();
    }

    private static Optional<ItemEvent.WithdrawAsked> withdrawal(Fields f) throws IOException {
        Optional<Fields> found = f.optObject("withdrawal");
        return found.isPresent()
                ? Optional.of((ItemEvent.WithdrawAsked) ItemEventCodec.read(ItemEvent.Kind.WITHDRAW_ASKED, found.get()))
                : Optional.empty();
    }

    private static void write(FieldWriter out, String name, Attempt attempt) throws IOException {
        out.begin(name);
        write(out, attempt);
        out.end();
    }

    private static void write(FieldWriter out, Attempt a) throws IOException {
        out.put("number", a.number())
                .maybe("token", a.token())
                .maybe("job", a.jobId())
                .maybe("intended_at", a.intendedAt())
                .maybe("submitted_at", a.submittedAt())
                .maybe("started_at", a.startedAt())
                .maybe("left_at", a.leftAt())
                .maybe("left_why", a.leftWhy())
                .maybe("node", a.node());
        if (a.outcome().isPresent()) {
            ValueCodec.write(out, "outcome", a.outcome().get());
        }
        out.maybe("run_submitted_at", a.runSubmittedAt())
                .maybe("earlier_run_at", a.earlierRunAt())
                .maybe("job_name", a.jobName())
                .put("restarts", a.restarts());
        List<JobObservation> observations = a.observations();
        if (!observations.isEmpty()) {
            out.beginList("latest");
            for (JobObservation observation : observations) {
                out.begin();
                ValueCodec.write(out, observation);
                out.end();
            }
            out.endList();
        }
    }

    private static Attempt attempt(Fields f) throws IOException {
        return Attempt.restored(
                f.integer("number"),
                ValueCodec.token(f.optWord("token")),
                jobId(f.optText("job")),
                f.optInstant("intended_at"),
                f.optInstant("submitted_at"),
                f.optInstant("started_at"),
                f.optInstant("left_at"),
                f.optWord("left_why"),
                f.optWord("node"),
                f.optional("outcome", ValueCodec::outcome),
                f.optInstant("run_submitted_at"),
                f.optInstant("earlier_run_at"),
                f.optWord("job_name"),
                f.integer("restarts"),
                f.list("latest", ValueCodec::observation));
    }

    private static Optional<JobId> jobId(Optional<String> text) {
        return text.isPresent() ? Optional.of(JobId.of(text.get())) : Optional.empty();
    }
}
