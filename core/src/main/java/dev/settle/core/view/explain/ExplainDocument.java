package dev.settle.core.view.explain;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.settle.core.json.Json;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunEvent;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.view.Emit;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.RunView;
import dev.settle.core.view.document.RunDocument;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** The evidence behind verdicts as one JSON document. */
public final class ExplainDocument {
    /** The name and version of this form. */
    public static final String SCHEMA = "settle.explain/1";

    private final RunView view;
    private final Explanation explanation;
    private final RuleText rules;

    private ExplainDocument(RunView view, Explanation explanation, RuleText rules) {
        this.view = view;
        this.explanation = explanation;
        this.rules = rules;
    }

    /**
     * Writes the items that were collected, or the kinds of a run's verdicts with an example of each; with a line end
     * after it. {@code out} is flushed and stays open.
     */
    public static void write(RunView view, Explanation explanation, RuleText rules, Writer out, Json.Layout layout)
            throws IOException {
        ExplainDocument document = new ExplainDocument(view, explanation, rules);
        try (JsonGenerator json = Json.generator(out, layout)) {
            document.write(json);
            json.writeRaw('\n');
        }
    }

    private void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("schema", SCHEMA);
        json.writeStringField("run", view.id());
        json.writeStringField("name", view.name());
        json.writeStringField("state", view.stateWord());
        json.writeStringField("headline", view.headline());
        json.writeFieldName("stop");
        if (view.stop().isPresent()) {
            RunDocument.stop(json, view.stop().get(), view.stopText().orElseThrow());
        } else {
            json.writeNull();
        }
        json.writeArrayFieldStart("sources");
        for (Entry entry : explanation.ofRun()) {
            source(json, entry);
        }
        json.writeEndArray();
        if (!explanation.kinds().isEmpty()) {
            json.writeArrayFieldStart("verdicts");
            for (VerdictKind kind : explanation.kinds()) {
                kind(json, kind);
            }
            json.writeEndArray();
        }
        json.writeArrayFieldStart("items");
        for (Item item : items()) {
            item(json, item);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void kind(JsonGenerator json, VerdictKind kind) throws IOException {
        json.writeStartObject();
        json.writeNumberField("count", kind.count());
        json.writeStringField("state", kind.state().word());
        Emit.text(json, "ending", Optional.of(kind.ending()).filter(text -> !text.isEmpty()));
        Emit.text(json, "confirmed_by", kind.confirmedBy().map(ConfirmedBy::word));
        Emit.text(json, "rule", Optional.of(kind.rule()).filter(text -> !text.isEmpty()));
        json.writeStringField("example", kind.example().value());
        json.writeEndObject();
    }

    private List<Item> items() {
        List<Item> items = new ArrayList<>();
        for (ItemId id : explanation.items()) {
            items.add(view.run().item(id).orElseThrow());
        }
        return items;
    }

    /** When a source fell silent and when it answered again. */
    private static void source(JsonGenerator json, Entry entry) throws IOException {
        if (entry.event() instanceof RunEvent.Silent silent) {
            source(json, entry, silent.source().word(), "silent", Optional.of(silent.text()));
        } else if (entry.event() instanceof RunEvent.HeldBack held) {
            source(json, entry, held.source().word(), "held_back", Optional.of(held.text()));
        } else if (entry.event() instanceof RunEvent.Answered answered) {
            source(json, entry, answered.source().word(), "answered", Optional.empty());
        } else if (entry.event() instanceof RunEvent.AccountingOff off) {
            source(json, entry, "sacct", "not_kept", Optional.of(off.text()));
        }
    }

    private static void source(JsonGenerator json, Entry entry, String source, String state, Optional<String> text)
            throws IOException {
        json.writeStartObject();
        Emit.time(json, "at", Optional.of(entry.at()));
        json.writeStringField("source", source);
        json.writeStringField("state", state);
        Emit.text(json, "text", text);
        json.writeEndObject();
    }

    private void item(JsonGenerator json, Item item) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", item.id().value());
        json.writeStringField("state", item.state().word());
        json.writeNumberField("attempt", item.attempt().number());
        RunDocument.jobId(json, item.attempt());
        RunDocument.ending(json, item.attempt().outcome(), item.reason(), item.message());
        Emit.time(json, "settled_at", item.settledAt());
        rule(json, item.attempt().outcome());
        json.writeArrayFieldStart("attempts");
        for (Attempt earlier : item.earlier()) {
            attempt(json, item, earlier);
        }
        attempt(json, item, item.attempt());
        json.writeEndArray();
        json.writeEndObject();
    }

    private void rule(JsonGenerator json, Optional<Outcome> outcome) throws IOException {
        json.writeFieldName("rule");
        if (outcome.isEmpty()) {
            json.writeNull();
            return;
        }
        json.writeStartObject();
        json.writeStringField("name", outcome.get().rule());
        json.writeStringField("sentence", rules.sentence(outcome.get().rule()));
        json.writeEndObject();
    }

    private void attempt(JsonGenerator json, Item item, Attempt attempt) throws IOException {
        json.writeStartObject();
        json.writeNumberField("attempt", attempt.number());
        RunDocument.jobId(json, attempt);
        Emit.text(
                json,
                "token",
                attempt.token().isPresent() ? Optional.of(attempt.token().get().value()) : Optional.empty());
        RunDocument.ending(
                json, attempt.outcome(), RunDocument.reason(attempt.outcome()), RunDocument.message(attempt.outcome()));
        rule(json, attempt.outcome());
        Emit.time(json, "submitted_at", ItemText.submittedAt(attempt));
        Emit.time(json, "started_at", attempt.startedAt());
        Emit.time(json, "left_at", attempt.leftAt());
        Emit.text(json, "left_why", attempt.leftWhy());
        json.writeArrayFieldStart("latest");
        for (JobObservation said : attempt.observations()) {
            observation(json, said);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("history");
        if (explanation.items().contains(item.id())) {
            for (Explanation.Step step : explanation.steps(item.id())) {
                if (step.attempt() == attempt.number()) {
                    step(json, step);
                }
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void step(JsonGenerator json, Explanation.Step step) throws IOException {
        json.writeStartObject();
        Emit.time(json, "at", Optional.of(step.at()));
        json.writeStringField("event", step.event().kind().word().substring("item.".length()));
        json.writeStringField("state", step.state().word());
        json.writeFieldName("sighting");
        if (step.event() instanceof ItemEvent.Observed observed) {
            observation(json, observed.observation());
        } else {
            json.writeNull();
        }
        json.writeEndObject();
    }

    private static void observation(JsonGenerator json, JobObservation said) throws IOException {
        json.writeStartObject();
        json.writeStringField("source", said.source().word());
        json.writeStringField("role", said.source().role().word());
        Emit.time(json, "at", Optional.of(said.at()));
        json.writeStringField("job_id", said.jobId().value());
        Emit.text(json, "cluster", said.jobId().cluster());
        json.writeStringField("state", said.state().raw());
        json.writeStringField("phase", said.state().phase().name().toLowerCase(Locale.ROOT));
        Emit.number(json, "exit_code", said.exitCode());
        Emit.number(json, "signal", said.signal());
        Emit.text(
                json,
                "wait_reason",
                said.waitReason().isPresent()
                        ? Optional.of(said.waitReason().get().raw())
                        : Optional.empty());
        Emit.text(json, "reason", said.reason());
        Emit.text(json, "job_name", said.jobName());
        Emit.time(json, "submitted_at", said.submittedAt());
        Emit.time(json, "started_at", said.startedAt());
        Emit.time(json, "ended_at", said.endedAt());
        Emit.text(json, "node", said.node());
        Emit.text(json, "cancelled_by", said.cancelledBy());
        Emit.number(
                json,
                "time_limit_s",
                said.timeLimit().isPresent()
                        ? OptionalLong.of(said.timeLimit().get().toSeconds())
                        : OptionalLong.empty());
        json.writeBooleanField("partial", said.partial());
        Emit.text(json, "note", said.note());
        json.writeEndObject();
    }
}
