package dev.settle.core.journal;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.ResourceChanges;
import dev.settle.core.model.RunId;
import dev.settle.core.run.Entry;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.QueueEvent;
import dev.settle.core.run.RunEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
        Tree tree = new Tree().put("n", entry.number());
        if (batch != entry.number()) {
            tree.put("b", batch);
        }
        tree.text("at", entry.at());
        if (entry.event() instanceof RunEvent.OfItem ofItem) {
            tree.put("e", ofItem.event().kind().word());
            ItemEventCodec.write(ofItem.event(), tree);
        } else if (entry.event() instanceof RunEvent.OfQueue ofQueue) {
            tree.put("e", ofQueue.event().kind().word());
            QueueEventCodec.write(ofQueue.event(), tree);
        } else {
            tree.put("e", entry.event().kind().word());
            write(entry.event(), tree);
        }
        return Json.write(tree.fields());
    }

    /**
     * Reads an entry back.
     *
     * @throws UnknownWordException when a newer settle wrote it
     * @throws IOException when it is not what {@link #encode} writes; the text names the field
     */
    public static Entry decode(String json) throws IOException {
        Fields f = Json.parseObject(json);
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

    private static void write(RunEvent event, Tree tree) {
        switch (event.kind()) {
            case OPENED -> {
                RunEvent.Opened e = (RunEvent.Opened) event;
                tree.put("v", FORMAT)
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
                tree.put("host", e.host())
                        .put("pid", e.pid())
                        .put("boot_id", e.bootId())
                        .put("fence", e.fence());
            }
            case RELEASED -> tree.put("why", ((RunEvent.Released) event).why());
            case ITEM, QUEUE -> throw new IllegalArgumentException("they are written by their own codec");
            case APPENDED -> {
                RunEvent.Appended e = (RunEvent.Appended) event;
                List<Map<String, @Nullable Object>> items = new ArrayList<>();
                for (PlanItem item : e.items()) {
                    items.add(PlanCodec.tree(item));
                }
                tree.maybe("by", e.by()).objects("items", items);
            }
            case SILENT -> {
                RunEvent.Silent e = (RunEvent.Silent) event;
                tree.put("source", e.source().word()).put("text", e.text());
            }
            case ANSWERED ->
                tree.put("source", ((RunEvent.Answered) event).source().word());
            case ACCOUNTING_OFF -> tree.put("text", ((RunEvent.AccountingOff) event).text());
            case CREDIT_AWAITED -> tree.object("stop", ValueCodec.tree(((RunEvent.CreditAwaited) event).stop()));
            case CREDIT_BACK -> {}
            case CANCEL_ASKED -> tree.put("by", ((RunEvent.CancelAsked) event).by());
            case STOPPING -> tree.object("stop", ValueCodec.tree(((RunEvent.Stopping) event).stop()));
            case ENDED -> tree.object("stop", ValueCodec.tree(((RunEvent.Ended) event).stop()));
            case RESUMED -> {
                RunEvent.Resumed e = (RunEvent.Resumed) event;
                tree.put("by", e.by()).text("since", e.since()).maybe("budget_cpu_hours", e.budgetCpuHours());
            }
            case REPLANNED -> {
                RunEvent.Replanned e = (RunEvent.Replanned) event;
                e.refreshed().ifPresent(head -> tree.object("plan", PlanCodec.head(head)));
                if (!e.removed().isEmpty()) {
                    tree.texts(
                            "removed", e.removed().stream().map(ItemId::value).toList());
                }
                if (!e.items().isEmpty()) {
                    tree.objects(
                            "items", e.items().stream().map(PlanCodec::tree).toList());
                }
                if (!e.changes().isEmpty()) {
                    tree.object("changes", PlanCodec.tree(e.changes()));
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
            case APPENDED -> {
                List<PlanItem> items = new ArrayList<>();
                for (Fields item : f.objects("items")) {
                    items.add(PlanCodec.item(item));
                }
                yield new RunEvent.Appended(f.optText("by"), items);
            }
            case SILENT -> new RunEvent.Silent(ValueCodec.source(f.text("source")), f.text("text"));
            case ANSWERED -> new RunEvent.Answered(ValueCodec.source(f.text("source")));
            case ACCOUNTING_OFF -> new RunEvent.AccountingOff(f.text("text"));
            case CREDIT_AWAITED -> new RunEvent.CreditAwaited(ValueCodec.stop(f.object("stop")));
            case CREDIT_BACK -> new RunEvent.CreditBack();
            case CANCEL_ASKED -> new RunEvent.CancelAsked(f.text("by"));
            case STOPPING -> new RunEvent.Stopping(ValueCodec.stop(f.object("stop")));
            case ENDED -> new RunEvent.Ended(ValueCodec.stop(f.object("stop")));
            case RESUMED -> new RunEvent.Resumed(f.text("by"), f.instant("since"), f.optDouble("budget_cpu_hours"));
            case REPLANNED -> replanned(f);
        };
    }

    private static RunEvent.Replanned replanned(Fields f) throws IOException {
        Optional<Fields> head = f.optObject("plan");
        Optional<Fields> changes = f.optObject("changes");
        List<PlanItem> items = new ArrayList<>();
        if (f.has("items")) {
            for (Fields item : f.objects("items")) {
                items.add(PlanCodec.item(item));
            }
        }
        return new RunEvent.Replanned(
                head.isPresent() ? Optional.of(PlanCodec.plan(head.get(), List.of())) : Optional.empty(),
                f.texts("removed").stream().map(ItemId::new).toList(),
                items,
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
