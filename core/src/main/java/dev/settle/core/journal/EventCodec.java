package dev.settle.core.journal;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.settle.core.json.FieldWriter;
import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ResourceChanges;
import dev.settle.core.model.RunId;
import dev.settle.core.run.Entry;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.RunEvent;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A journal entry as one JSON object: {@code n} its number, {@code at} its time, {@code e} the word of its kind, then
 * the event's own fields; absent facts are left out. The first line of a journal also has {@code v}, the format.
 *
 * <p>The names are read by every later version: none is ever renamed or given another meaning. A field may be added;
 * readers ignore what they do not know.
 */
public final class EventCodec {
    /** The format of the lines; raised only when an older reader would misread a journal rather than refuse it. */
    public static final int FORMAT = 1;

    private static final Map<String, RunEvent.Kind> RUN_KINDS = new HashMap<>();
    private static final Map<String, ItemEvent.Kind> ITEM_KINDS = new HashMap<>();
    private static final Map<String, QueueEvent.Kind> QUEUE_KINDS = new HashMap<>();

    static {
        for (RunEvent.Kind kind : RunEvent.Kind.values()) {
            if (kind != RunEvent.Kind.ITEM && kind != RunEvent.Kind.QUEUE) {
                RUN_KINDS.put(kind.word(), kind);
            }
        }
        for (ItemEvent.Kind kind : ItemEvent.Kind.values()) {
            ITEM_KINDS.put(kind.word(), kind);
        }
        for (QueueEvent.Kind kind : QueueEvent.Kind.values()) {
            QUEUE_KINDS.put(kind.word(), kind);
        }
    }

    private EventCodec() {}

    /** The entry on one line, without its end. */
    public static String encode(Entry entry) {
        return encode(entry, entry.number());
    }

    /** @param batch the number of the first entry of those that are written and forced together with this one */
    static String encode(Entry entry, long batch) {
        StringWriter text = new StringWriter(256);
        try (JsonGenerator generator = Json.generator(text, Json.Layout.ONE_LINE)) {
            write(entry, batch, new FieldWriter(generator));
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail to be written", e);
        }
        return text.toString();
    }

    /** Writes the entry as an object, in whatever encoding. */
    static void write(Entry entry, long batch, FieldWriter out) throws IOException {
        out.begin().put("n", entry.number());
        if (batch != entry.number()) {
            out.put("b", batch);
        }
        out.put("at", entry.at());
        if (entry.event() instanceof RunEvent.OfItem ofItem) {
            out.put("e", ofItem.event().kind().word());
            ItemEventCodec.write(ofItem.event(), out);
        } else if (entry.event() instanceof RunEvent.OfQueue ofQueue) {
            out.put("e", ofQueue.event().kind().word());
            QueueEventCodec.write(ofQueue.event(), out);
        } else {
            out.put("e", entry.event().kind().word());
            write(entry.event(), out);
        }
        out.end();
    }

    /**
     * Reads an entry back.
     *
     * @throws UnknownWordException when a newer settle wrote it
     * @throws IOException when it is not what {@link #encode} writes; the text names the field
     */
    public static Entry decode(String json) throws IOException {
        return read(Json.parseObject(json));
    }

    /** Reads what {@link #write} wrote, with the same exceptions as {@link #decode}. */
    static Entry read(Fields f) throws IOException {
        try {
            return new Entry(f.longer("n"), f.instant("at"), event(f));
        } catch (IllegalArgumentException e) {
            // Ids and outcomes check themselves where they are made.
            throw new IOException("journal line " + f.optLong("n").orElse(0) + ": " + e.getMessage(), e);
        }
    }

    private static RunEvent event(Fields f) throws IOException {
        String word = f.text("e");
        ItemEvent.Kind itemKind = ITEM_KINDS.get(word);
        if (itemKind != null) {
            return new RunEvent.OfItem(ItemEventCodec.read(itemKind, f));
        }
        QueueEvent.Kind queueKind = QUEUE_KINDS.get(word);
        if (queueKind != null) {
            return new RunEvent.OfQueue(QueueEventCodec.read(queueKind, f));
        }
        RunEvent.Kind kind = RUN_KINDS.get(word);
        if (kind == null) {
            throw new UnknownWordException("event", word);
        }
        return read(kind, f);
    }

    private static void write(RunEvent event, FieldWriter out) throws IOException {
        switch (event.kind()) {
            case OPENED -> {
                RunEvent.Opened e = (RunEvent.Opened) event;
                out.put("v", FORMAT)
                        .text("run", e.run())
                        .put("name", e.name())
                        .put("settle", e.version())
                        .put("dir", e.directory())
                        .put("user", e.user())
                        .put("backend", e.backend())
                        .flag("watched", e.watched());
            }
            case DRIVEN -> {
                RunEvent.Driven e = (RunEvent.Driven) event;
                out.put("host", e.host())
                        .put("pid", e.pid())
                        .put("boot_id", e.bootId())
                        .put("fence", e.fence());
            }
            case RELEASED -> out.put("why", ((RunEvent.Released) event).why());
            case ITEM, QUEUE -> throw new IllegalArgumentException("they are written by their own codec");
            case APPENDED -> {
                RunEvent.Appended e = (RunEvent.Appended) event;
                out.maybe("by", e.by());
                PlanCodec.write(out, "items", e.items());
            }
            case SILENT -> {
                RunEvent.Silent e = (RunEvent.Silent) event;
                out.put("source", e.source().word()).put("text", e.text());
            }
            case HELD_BACK -> {
                RunEvent.HeldBack e = (RunEvent.HeldBack) event;
                out.put("source", e.source().word()).put("until", e.until()).put("text", e.text());
            }
            case ANSWERED ->
                out.put("source", ((RunEvent.Answered) event).source().word());
            case ACCOUNTING_OFF -> out.put("text", ((RunEvent.AccountingOff) event).text());
            case CREDIT_AWAITED -> ValueCodec.write(out, "stop", ((RunEvent.CreditAwaited) event).stop());
            case CREDIT_BACK -> {}
            case CANCEL_ASKED -> out.put("by", ((RunEvent.CancelAsked) event).by());
            case STOPPING -> ValueCodec.write(out, "stop", ((RunEvent.Stopping) event).stop());
            case ENDED -> ValueCodec.write(out, "stop", ((RunEvent.Ended) event).stop());
            case RESUMED -> {
                RunEvent.Resumed e = (RunEvent.Resumed) event;
                out.put("by", e.by()).put("since", e.since()).maybe("budget_cpu_hours", e.budgetCpuHours());
            }
            case NOTIFICATION -> {
                RunEvent.Notification e = (RunEvent.Notification) event;
                out.put("step", e.step().word()).maybe("text", e.text());
            }
            case REPLANNED -> {
                RunEvent.Replanned e = (RunEvent.Replanned) event;
                if (e.refreshed().isPresent()) {
                    out.begin("plan");
                    PlanCodec.write(out, e.refreshed().get());
                    out.end();
                }
                out.texts("removed", e.removed().stream().map(ItemId::value).toList());
                if (!e.items().isEmpty()) {
                    PlanCodec.write(out, "items", e.items());
                }
                if (!e.changes().isEmpty()) {
                    out.begin("changes");
                    PlanCodec.write(out, e.changes());
                    out.end();
                }
            }
        }
    }

    private static RunEvent read(RunEvent.Kind kind, Fields f) throws IOException {
        return switch (kind) {
            case OPENED -> opened(f);
            case DRIVEN -> new RunEvent.Driven(f.text("host"), f.longer("pid"), f.text("boot_id"), f.longer("fence"));
            case RELEASED -> new RunEvent.Released(f.text("why"));
            case ITEM, QUEUE -> throw new IllegalArgumentException("they are read by their own codec");
            case APPENDED -> new RunEvent.Appended(f.optText("by"), PlanCodec.items(f, "items"));
            case SILENT -> new RunEvent.Silent(ValueCodec.source(f.text("source")), f.text("text"));
            case HELD_BACK ->
                new RunEvent.HeldBack(ValueCodec.source(f.text("source")), f.instant("until"), f.text("text"));
            case ANSWERED -> new RunEvent.Answered(ValueCodec.source(f.text("source")));
            case ACCOUNTING_OFF -> new RunEvent.AccountingOff(f.text("text"));
            case CREDIT_AWAITED -> new RunEvent.CreditAwaited(ValueCodec.stop(f.object("stop")));
            case CREDIT_BACK -> new RunEvent.CreditBack();
            case CANCEL_ASKED -> new RunEvent.CancelAsked(f.text("by"));
            case STOPPING -> new RunEvent.Stopping(ValueCodec.stop(f.object("stop")));
            case ENDED -> new RunEvent.Ended(ValueCodec.stop(f.object("stop")));
            case RESUMED -> new RunEvent.Resumed(f.text("by"), f.instant("since"), f.optDouble("budget_cpu_hours"));
            case REPLANNED -> replanned(f);
            case NOTIFICATION -> new RunEvent.Notification(step(f.text("step")), f.optText("text"));
        };
    }

    private static RunEvent.Notification.Step step(String word) throws IOException {
        for (RunEvent.Notification.Step step : RunEvent.Notification.Step.values()) {
            if (step.word().equals(word)) {
                return step;
            }
        }
        throw new UnknownWordException("step of a notification", word);
    }

    private static RunEvent.Replanned replanned(Fields f) throws IOException {
        Optional<Fields> head = f.optObject("plan");
        Optional<Fields> changes = f.optObject("changes");
        return new RunEvent.Replanned(
                head.isPresent() ? Optional.of(PlanCodec.plan(head.get(), List.of())) : Optional.empty(),
                f.texts("removed").stream().map(ItemId::new).toList(),
                PlanCodec.items(f, "items"),
                changes.isPresent() ? PlanCodec.changes(changes.get()) : ResourceChanges.NONE);
    }

    private static RunEvent.Opened opened(Fields f) throws IOException {
        if (f.integer("v") > FORMAT) {
            throw new UnknownWordException("journal format", String.valueOf(f.integer("v")));
        }
        return new RunEvent.Opened(
                new RunId(f.text("run")),
                f.text("name"),
                f.text("settle"),
                f.text("dir"),
                f.text("user"),
                f.text("backend"),
                f.flag("watched"));
    }
}
