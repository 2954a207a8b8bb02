package dev.settle.core.view.document;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.settle.core.json.Json;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopText;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.Usage;
import dev.settle.core.text.Times;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.DriverView;
import dev.settle.core.view.Emit;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.MetricsSummary;
import dev.settle.core.view.RunView;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The run document of contract.md, 5: one JSON object, every field present from the start, null where there is no
 * value yet. Field names are public API; fields may be added, none may go or change.
 */
public final class RunDocument {
    /** The name and version of this form. */
    public static final String SCHEMA = "settle.run/1";

    private RunDocument() {}

    /** Writes the document with a line end after it; {@code out} is flushed and stays open. */
    public static void write(RunView view, Writer out, Json.Layout layout) throws IOException {
        write(view, view.items(), out, layout);
    }

    /**
     * Writes the document with some of its items, for readers with little room; counts and all else are of the whole run.
     *
     * @param items of the run
     */
    public static void write(RunView view, List<Item> items, Writer out, Json.Layout layout) throws IOException {
        try (JsonGenerator json = Json.generator(out, layout)) {
            write(view, items, json);
            json.writeRaw('\n');
        }
    }

    /** The document as text with a line end, for small runs and tests; a run of 100,000 items takes 100 MB. */
    public static String text(RunView view, Json.Layout layout) {
        StringWriter out = new StringWriter();
        try {
            write(view, out, layout);
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail to be written", e);
        }
        return out.toString();
    }

    /** Writes the document as a value of an open generator. */
    static void write(RunView view, JsonGenerator json) throws IOException {
        write(view, view.items(), json);
    }

    private static void write(RunView view, List<Item> items, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("schema", SCHEMA);
        json.writeStringField("id", view.id());
        json.writeStringField("name", view.name());
        json.writeStringField("backend", view.run().opened().backend());
        json.writeStringField("state", view.stateWord());
        json.writeBooleanField("settled", view.isSettled());
        Emit.number(json, "exit_status", view.exitStatus());
        json.writeStringField("headline", view.headline());
        json.writeFieldName("stop");
        Optional<Stop> stop = view.stop();
        if (stop.isPresent()) {
            stop(json, stop.get(), view.stopText().orElseThrow());
        } else {
            json.writeNull();
        }
        counts(json, view);
        json.writeNumberField("unconfirmed", view.run().unconfirmed());
        driver(json, view.driver());
        Emit.time(json, "created_at", Optional.of(view.run().createdAt()));
        Emit.time(json, "finished_at", view.run().endedAt());
        json.writeStringField("directory", view.run().opened().directory());
        json.writeBooleanField("watched", view.run().opened().watched());
        silent(json, view);
        heldBack(json, view);
        json.writeBooleanField("accounting_off", view.run().isAccountingOff());
        json.writeFieldName("credit_awaited");
        Optional<Stop> awaited = view.run().awaitedCredit();
        if (awaited.isPresent()) {
            stop(json, awaited.get(), StopText.of(view.run(), awaited.get()));
        } else {
            json.writeNull();
        }
        commands(json, view);
        metrics(json, MetricsSummary.of(view.items()));
        json.writeArrayFieldStart("items");
        for (Item item : items) {
            item(json, view, item);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** The stop as an object. */
    public static void stop(JsonGenerator json, Stop stop, StopText text) throws IOException {
        json.writeStartObject();
        stopFields(json, stop, text);
        Emit.time(json, "at", Optional.of(stop.at()));
        json.writeEndObject();
    }

    /** The fields of a stop but its time, which an event line has as its own. */
    static void stopFields(JsonGenerator json, Stop stop, StopText text) throws IOException {
        json.writeStringField("reason", stop.reason().word());
        json.writeStringField("headline", text.headline());
        Emit.text(json, "detail", stop.detail());
        Emit.text(json, "hint", text.hint());
        Emit.text(json, "link", stop.link());
        json.writeStringField("kept", text.kept());
        Emit.text(json, "failures", text.failures());
        Emit.text(json, "dependents", text.dependents());
        json.writeArrayFieldStart("evidence");
        for (Stop.Evidence evidence : stop.evidence()) {
            json.writeStartObject();
            json.writeStringField("source", evidence.source());
            Emit.time(json, "at", Optional.of(evidence.at()));
            json.writeStringField("text", evidence.text());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** The commands that the run's drivers sent, all of them and by tool. */
    private static void commands(JsonGenerator json, RunView view) throws IOException {
        json.writeObjectFieldStart("commands");
        json.writeNumberField(
                "total",
                view.commands().values().stream().mapToInt(Integer::intValue).sum());
        for (Map.Entry<String, Integer> tool : new TreeMap<>(view.commands()).entrySet()) {
            json.writeNumberField(tool.getKey(), tool.getValue());
        }
        json.writeEndObject();
    }

    /** Every state, also those that no item is in. */
    static void counts(JsonGenerator json, RunView view) throws IOException {
        json.writeObjectFieldStart("counts");
        json.writeNumberField("total", view.counts().total());
        for (ItemState state : ItemState.values()) {
            json.writeNumberField(state.word(), view.counts().of(state));
        }
        json.writeEndObject();
    }

    private static void driver(JsonGenerator json, DriverView driver) throws IOException {
        json.writeObjectFieldStart("driver");
        json.writeBooleanField("alive", driver.alive());
        Emit.text(json, "host", driver.host());
        Emit.number(json, "pid", driver.pid());
        Emit.time(json, "since", driver.since());
        Emit.time(json, "last_answer", driver.lastAnswer());
        json.writeEndObject();
    }

    private static void silent(JsonGenerator json, RunView view) throws IOException {
        json.writeArrayFieldStart("silent");
        for (Map.Entry<Source, Entry> silent : view.run().silent().entrySet()) {
            json.writeStartObject();
            json.writeStringField("source", silent.getKey().word());
            Emit.time(json, "since", Optional.of(silent.getValue().at()));
            json.writeStringField("text", ((RunEvent.Silent) silent.getValue().event()).text());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void heldBack(JsonGenerator json, RunView view) throws IOException {
        json.writeArrayFieldStart("held_back");
        for (RunEvent.HeldBack held : view.heldBack()) {
            json.writeStartObject();
            json.writeStringField("source", held.source().word());
            Emit.time(json, "until", Optional.of(held.until()));
            json.writeStringField("text", held.text());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void metrics(JsonGenerator json, MetricsSummary summary) throws IOException {
        json.writeObjectFieldStart("metrics");
        for (Map.Entry<String, MetricsSummary.Figures> each : summary.byName().entrySet()) {
            json.writeObjectFieldStart(each.getKey());
            json.writeNumberField("count", each.getValue().count());
            Emit.number(json, "mean", each.getValue().mean());
            Emit.number(json, "min", each.getValue().min());
            Emit.number(json, "max", each.getValue().max());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    static void metrics(JsonGenerator json, Item item) throws IOException {
        json.writeObjectFieldStart("metrics");
        // Sorted: the order of an immutable map changes from process to process.
        for (Map.Entry<String, Double> metric : new TreeMap<>(item.metrics()).entrySet()) {
            Emit.number(json, metric.getKey(), metric.getValue());
        }
        json.writeEndObject();
    }

    private static void item(JsonGenerator json, RunView view, Item item) throws IOException {
        Attempt attempt = item.attempt();
        json.writeStartObject();
        json.writeStringField("id", item.id().value());
        json.writeStringField("name", item.plan().name());
        json.writeStringField("state", item.state().word());
        json.writeNumberField("attempt", attempt.number());
        jobId(json, attempt);
        ending(json, attempt.outcome(), item.reason(), item.message());
        Emit.text(json, "wait_reason", ItemText.why(item.waitReason()));
        Emit.text(json, "node", attempt.node());
        Course course = Course.of(view, item, attempt);
        course.times(json);
        Emit.time(json, "settled_at", item.settledAt());
        course.output(json);
        metrics(json, item);
        usage(json, item.usage());
        json.writeArrayFieldStart("deps");
        for (ItemId dep : item.plan().deps()) {
            json.writeString(dep.value());
        }
        json.writeEndArray();
        json.writeArrayFieldStart("attempts");
        for (Attempt earlier : item.earlier()) {
            attempt(json, earlier, Course.of(view, item, earlier));
        }
        attempt(json, attempt, course);
        json.writeEndArray();
        json.writeEndObject();
    }

    /** What an item and its newest attempt both say, as text: it is half of the work of a large document. */
    private record Course(
            Optional<String> submittedAt,
            Optional<String> startedAt,
            Optional<String> finishedAt,
            Optional<String> stdout,
            Optional<String> stderr) {

        static Course of(RunView view, Item item, Attempt attempt) {
            return new Course(
                    ItemText.submittedAt(attempt).map(Times::rfc3339),
                    attempt.startedAt().map(Times::rfc3339),
                    attempt.outcome().flatMap(Outcome::finishedAt).map(Times::rfc3339),
                    view.paths().stdout(item, attempt),
                    view.paths().stderr(item, attempt));
        }

        void times(JsonGenerator json) throws IOException {
            Emit.text(json, "submitted_at", submittedAt);
            Emit.text(json, "started_at", startedAt);
            Emit.text(json, "finished_at", finishedAt);
        }

        void output(JsonGenerator json) throws IOException {
            Emit.text(json, "stdout", stdout);
            Emit.text(json, "stderr", stderr);
        }
    }

    private static void attempt(JsonGenerator json, Attempt attempt, Course course) throws IOException {
        Optional<Outcome> outcome = attempt.outcome();
        json.writeStartObject();
        json.writeNumberField("attempt", attempt.number());
        jobId(json, attempt);
        ending(json, outcome, reason(outcome), message(outcome));
        Emit.text(json, "node", attempt.node());
        course.times(json);
        course.output(json);
        json.writeEndObject();
    }

    public static void jobId(JsonGenerator json, Attempt attempt) throws IOException {
        if (attempt.jobId().isPresent()) {
            json.writeStringField("job_id", attempt.jobId().get().value());
        } else {
            json.writeNullField("job_id");
        }
        Emit.text(json, "cluster", attempt.jobId().flatMap(JobId::cluster));
    }

    /** The fields that say how it ended, null before it has. */
    public static void ending(
            JsonGenerator json, Optional<Outcome> outcome, Optional<ItemReason> reason, Optional<String> message)
            throws IOException {
        Emit.number(json, "exit_code", outcome.isPresent() ? outcome.get().exitCode() : OptionalInt.empty());
        Emit.number(json, "signal", outcome.isPresent() ? outcome.get().signal() : OptionalInt.empty());
        Emit.text(json, "reason", reason.isPresent() ? Optional.of(reason.get().word()) : Optional.empty());
        Emit.text(json, "message", message);
        Emit.text(
                json,
                "confirmed_by",
                outcome.isPresent() ? Optional.of(outcome.get().confirmedBy().word()) : Optional.empty());
        Emit.text(json, "scheduler_state", outcome.isPresent() ? outcome.get().schedulerState() : Optional.empty());
    }

    public static Optional<ItemReason> reason(Optional<Outcome> outcome) {
        return outcome.isPresent() ? Optional.of(outcome.get().reason()) : Optional.empty();
    }

    public static Optional<String> message(Optional<Outcome> outcome) {
        return outcome.isPresent() ? outcome.get().message() : Optional.empty();
    }

    static void usage(JsonGenerator json, Usage usage) throws IOException {
        json.writeObjectFieldStart("usage");
        Emit.number(json, "elapsed_s", usage.elapsedSeconds());
        Emit.number(json, "cpu_s", usage.cpuSeconds());
        Emit.number(json, "max_rss_bytes", usage.maxRssBytes());
        Emit.number(json, "cpus", usage.cpus());
        Emit.number(json, "efficiency_percent", Amounts.efficiencyPercent(usage));
        json.writeEndObject();
    }
}
