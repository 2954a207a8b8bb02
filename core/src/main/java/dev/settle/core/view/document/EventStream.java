package dev.settle.core.view.document;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.settle.core.json.Json;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopText;
import dev.settle.core.scheduler.Source;
import dev.settle.core.view.Emit;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.RunView;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A run as it happens, a JSON object a line (contract.md, 5 and 8): {@code opened}, {@code item}, {@code poll},
 * {@code stop}, {@code heartbeat}, and last {@code result}. Beside these there are {@code appended}, {@code credit} and
 * {@code resumed}.
 *
 * <p>Every line has {@code event}, {@code seq} and {@code at}. {@code seq} counts what happened to the run, from 1, and is
 * the same in every stream of the run, so that a reader that lost its stream goes on with the next one. What is said of
 * the moment alone, a {@code heartbeat} or the {@code result} of a run that goes on, has the number of the line before it;
 * the result of a run that has ended has a number of its own. One stream belongs to one run and one reader; each line is
 * flushed.
 */
public final class EventStream {
    private final Writer out;
    private final Map<ItemId, ItemState> states = new HashMap<>();
    private Optional<Stop> toldStop = Optional.empty();
    private final Map<Source, String> freshness = new EnumMap<>(Source.class);
    private final long after;
    private boolean toldOpened;
    private long seq;
    /** The run has ended, and the result has its number. */
    private boolean numberedResult;

    /** A stream that is told every line of the journal from the first. */
    public EventStream(Writer out) {
        this(out, 0);
    }

    /**
     * The rest of such a stream, which is told every line of the journal all the same.
     *
     * @param after the number of the last line that the reader has
     */
    public EventStream(Writer out, long after) {
        this.out = out;
        this.after = after;
    }

    /**
     * A stream that begins in the middle: what has happened so far is taken as known, and {@code opened} comes first
     * all the same.
     *
     * @param known the run before the first line that the stream will be told of; read here and not kept
     */
    public EventStream(Writer out, RunState known) {
        this(out, 0);
        for (Item item : known.items()) {
            states.put(item.id(), item.state());
        }
    }

    /** The number of the newest line. */
    public long seq() {
        return seq;
    }

    /**
     * Tells a journal line, when it is one that watchers are told of.
     *
     * @param view the run with the line folded in
     */
    public void entry(Entry entry, RunView view) throws IOException {
        RunEvent event = entry.event();
        opened(view);
        switch (event.kind()) {
            case ITEM -> item(entry.at(), ((RunEvent.OfItem) event).event(), view);
            case APPENDED -> appended(entry.at(), (RunEvent.Appended) event, view);
            case SILENT ->
                poll(
                        entry.at(),
                        ((RunEvent.Silent) event).source(),
                        "silent",
                        Optional.empty(),
                        Optional.of(((RunEvent.Silent) event).text()));
            case HELD_BACK -> {
                RunEvent.HeldBack held = (RunEvent.HeldBack) event;
                poll(entry.at(), held.source(), "held_back", Optional.of(held.until()), Optional.of(held.text()));
            }
            case ANSWERED ->
                poll(entry.at(), ((RunEvent.Answered) event).source(), "answered", Optional.empty(), Optional.empty());
            case CREDIT_AWAITED -> credit(entry.at(), Optional.of(((RunEvent.CreditAwaited) event).stop()), view);
            case CREDIT_BACK -> credit(entry.at(), Optional.empty(), view);
            case STOPPING -> stop(entry.at(), ((RunEvent.Stopping) event).stop(), view);
            case ENDED -> {
                stop(entry.at(), ((RunEvent.Ended) event).stop(), view);
                seq++;
                numberedResult = true;
            }
            case RESUMED -> resumed(entry.at(), ((RunEvent.Resumed) event).by());
            // Every stream begins with it, see above.
            case OPENED -> {}
            case DRIVEN, RELEASED, ACCOUNTING_OFF, CANCEL_ASKED, QUEUE, REPLANNED, NOTIFICATION -> {}
        }
    }

    /** Says after a minute of quiet that the run goes on. */
    public void heartbeat(Instant at, RunView view) throws IOException {
        opened(view);
        try (JsonGenerator json = ofTheMoment("heartbeat", at)) {
            json.writeStringField("state", view.stateWord());
            RunDocument.counts(json, view);
            Emit.time(json, "last_answer", view.driver().lastAnswer());
        }
        endOfTheMoment();
    }

    /** The last line: it carries the run document. */
    public void result(Instant at, RunView view) throws IOException {
        opened(view);
        if (view.isEnded() && !numberedResult) {
            seq++;
            numberedResult = true;
        }
        try (JsonGenerator json = ofTheMoment("result", at)) {
            Emit.number(json, "exit_status", view.exitStatus());
            json.writeFieldName("run");
            RunDocument.write(view, json);
        }
        endOfTheMoment();
    }

    /** The first line of every stream; its time is that of the run's creation. */
    private void opened(RunView view) throws IOException {
        if (toldOpened) {
            return;
        }
        toldOpened = true;
        try (JsonGenerator json = line("opened", view.run().createdAt())) {
            json.writeStringField("schema", RunDocument.SCHEMA);
            json.writeStringField("id", view.id());
            json.writeStringField("name", view.name());
            json.writeStringField("backend", view.run().opened().backend());
            json.writeNumberField("total", view.counts().total());
        }
        end();
    }

    private void item(Instant at, ItemEvent event, RunView view) throws IOException {
        Item item = view.run().item(event.item()).orElseThrow();
        ItemState from = states.getOrDefault(item.id(), ItemState.PENDING);
        if (!isChange(event, from, item)) {
            return;
        }
        states.put(item.id(), item.state());
        // After a retry the item has gone on to its next attempt; what the line says is of the one that ended.
        Optional<Outcome> outcome = event instanceof ItemEvent.Retried retried
                ? Optional.of(retried.outcome())
                : item.attempt().outcome();
        boolean retried = event.kind() == ItemEvent.Kind.RETRIED;
        try (JsonGenerator json = line("item", at)) {
            json.writeStringField("id", item.id().value());
            json.writeStringField("state", item.state().word());
            json.writeStringField("from", from.word());
            json.writeNumberField("attempt", item.attempt().number());
            RunDocument.jobId(json, item.attempt());
            Emit.number(json, "ended_attempt", endedAttempt(item, outcome, retried));
            RunDocument.ending(
                    json,
                    outcome,
                    retried ? RunDocument.reason(outcome) : item.reason(),
                    retried ? RunDocument.message(outcome) : item.message());
            Emit.text(json, "wait_reason", ItemText.why(item.waitReason()));
            Attempt told = retried ? item.earlier().get(item.earlier().size() - 1) : item.attempt();
            Emit.text(json, "node", told.node());
            Emit.time(json, "submitted_at", ItemText.submittedAt(told));
            Emit.time(json, "started_at", told.startedAt());
            Emit.time(json, "finished_at", outcome.flatMap(Outcome::finishedAt));
            RunDocument.metrics(json, item);
            RunDocument.usage(json, retried ? outcome.orElseThrow().usage() : item.usage());
        }
        end();
    }

    /** Which attempt's outcome the line carries. */
    private static OptionalInt endedAttempt(Item item, Optional<Outcome> outcome, boolean retried) {
        if (outcome.isEmpty()) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(item.attempt().number() - (retried ? 1 : 0));
    }

    /** A new state or attempt, another reason to wait, or a verdict told anew. */
    private static boolean isChange(ItemEvent event, ItemState from, Item item) {
        return switch (event.kind()) {
            // QUEUED is also written when only the reason to wait changes.
            case SUBMITTED,
                    QUEUED,
                    STARTED,
                    LEFT,
                    REQUEUED,
                    RETRIED,
                    SETTLED,
                    CORRECTED,
                    DEP_FAILED,
                    NOT_STARTED,
                    REOPENED,
                    WITHDRAWN -> true;
            // It is tried again and again; what was said first is news.
            case REFUSED, UNCLEAR -> item.refusals() <= 1;
            case INTENDED, OBSERVED, WITHDRAW_ASKED, CANCEL_ASKED, MEASURED, METRICS_READ -> from != item.state();
        };
    }

    private void appended(Instant at, RunEvent.Appended event, RunView view) throws IOException {
        try (JsonGenerator json = line("appended", at)) {
            Emit.text(json, "by", event.by());
            json.writeNumberField("items", event.items().size());
            json.writeNumberField("total", view.counts().total());
        }
        end();
    }

    /**
     * A new engine asks anew and may find what its predecessor found, which is no change.
     *
     * @param until when a query that is held back is sent at the latest; left out of the other states
     */
    private void poll(Instant at, Source source, String state, Optional<Instant> until, Optional<String> text)
            throws IOException {
        if (state.equals(freshness.put(source, state))) {
            return;
        }
        try (JsonGenerator json = line("poll", at)) {
            json.writeStringField("source", source.word());
            json.writeStringField("state", state);
            if (until.isPresent()) {
                Emit.time(json, "until", until);
            }
            Emit.text(json, "text", text);
        }
        end();
    }

    private void credit(Instant at, Optional<Stop> awaited, RunView view) throws IOException {
        try (JsonGenerator json = line("credit", at)) {
            json.writeStringField("state", awaited.isPresent() ? "awaited" : "back");
            if (awaited.isPresent()) {
                RunDocument.stopFields(json, awaited.get(), StopText.of(view.run(), awaited.get()));
            }
        }
        end();
    }

    /** A stop is told when it is decided; the run's end tells it again only if it became another one. */
    private void stop(Instant at, Stop stop, RunView view) throws IOException {
        if (toldStop.isPresent() && toldStop.get().reason() == stop.reason()) {
            return;
        }
        toldStop = Optional.of(stop);
        try (JsonGenerator json = line("stop", at)) {
            RunDocument.stopFields(json, stop, StopText.of(view.run(), stop));
        }
        end();
    }

    private void resumed(Instant at, String by) throws IOException {
        toldStop = Optional.empty();
        try (JsonGenerator json = line("resumed", at)) {
            json.writeStringField("by", by);
        }
        end();
    }

    /** A line that has a number of its own; it is not written where the reader has it already. */
    private JsonGenerator line(String event, Instant at) throws IOException {
        numberedResult = false;
        seq++;
        return begin(event, at, seq > after ? out : Writer.nullWriter());
    }

    private JsonGenerator ofTheMoment(String event, Instant at) throws IOException {
        return begin(event, at, out);
    }

    private JsonGenerator begin(String event, Instant at, Writer to) throws IOException {
        JsonGenerator json = Json.generator(to, Json.Layout.ONE_LINE);
        json.writeStartObject();
        json.writeStringField("event", event);
        json.writeNumberField("seq", seq);
        Emit.time(json, "at", Optional.of(at));
        return json;
    }

    /** The generator has closed the object by now. */
    private void end() throws IOException {
        if (seq > after) {
            out.write('\n');
            out.flush();
        }
    }

    private void endOfTheMoment() throws IOException {
        out.write('\n');
        out.flush();
    }
}
