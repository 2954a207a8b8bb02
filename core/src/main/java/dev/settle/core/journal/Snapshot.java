package dev.settle.core.journal;

import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemMemory;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A run's state at one place of its journal, so that a large run opens without a replay.
 *
 * <p>It is a cache: one that is damaged, or of another version of settle, is not read. The run's own events are kept and
 * folded again by the one fold; only the items, which are many, are kept as they were.
 *
 * @param state as the journal's first {@code journalEnd} bytes leave it
 * @param ofRun the entries of the run that are not of an item
 * @param journalEnd how much of the journal it covers, in bytes
 * @param mark what tells that the journal still has the same last lines there
 */
public record Snapshot(RunState state, List<Entry> ofRun, long journalEnd, int mark) {
    /** Raised with every change of what is written; {@code SnapshotTest} reminds. */
    static final int FORMAT = 4;

    private static final byte[] MAGIC = "settlesn".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_BYTES = MAGIC.length + 8;

    /** What a journal's bytes before a place come to. */
    public static int markOf(byte[] before) {
        CRC32C crc = new CRC32C();
        crc.update(before);
        return (int) crc.getValue();
    }

    /**
     * The snapshot as bytes.
     *
     * @param version of settle
     * @throws IOException when the run's plan does not read back as it is written, which is a defect
     */
    public byte[] encode(String version) throws IOException {
        BinaryOut body = new BinaryOut();
        body.text(PlanCodec.toJson(state.plan().withItems(List.of())));
        body.number(state.plan().items().size());
        body.number(state.items().size());
        PlanBinary.Writer plans = new PlanBinary.Writer();
        for (Item item : state.items()) {
            plans.write(body, item.plan());
        }
        body.number(ofRun.size());
        for (Entry entry : ofRun) {
            writeEntry(body, entry);
        }
        for (Item item : state.items()) {
            ItemMemory memory = item.memory();
            body.constant(item.state());
            body.constant(memory.metrics().isEmpty() ? Item.Metrics.NONE : Item.Metrics.SOME);
            BinaryOut part = body.part();
            ItemBinary.write(part, memory);
            body.part(part);
        }
        body.number(state.unconfirmed());
        body.number(state.lastNumber());
        body.maybeInstant(state.lastAt());
        BinaryOut all = new BinaryOut();
        all.text(version);
        all.number(journalEnd);
        all.number(mark);
        all.number(body.wordCount());
        body.words().forEach(all::text);
        all.part(body);
        return framed(all.toBytes());
    }

    /**
     * Reads a snapshot.
     *
     * @return empty when it is damaged, or another version wrote it
     */
    public static Optional<Snapshot> decode(byte[] bytes, String version) {
        if (!isSound(bytes) || header(bytes).getInt() != FORMAT) {
            return Optional.empty();
        }
        try {
            BinaryIn all = new BinaryIn(bytes, HEADER_BYTES, bytes.length, new BinaryIn.Dictionary());
            return all.text().equals(version) ? Optional.of(read(all)) : Optional.empty();
        } catch (IOException | RuntimeException e) {
            // The checksum holds, so a defect of some build wrote it; the journal has everything.
            return Optional.empty();
        }
    }

    /** Whether some version of settle wrote these bytes as they are. */
    public static boolean isSound(byte[] bytes) {
        return bytes.length >= HEADER_BYTES
                && Arrays.equals(MAGIC, 0, MAGIC.length, bytes, 0, MAGIC.length)
                && header(bytes).getInt(MAGIC.length + 4) == crc(bytes);
    }

    private static ByteBuffer header(byte[] bytes) {
        return ByteBuffer.wrap(bytes, MAGIC.length, 8);
    }

    private static Snapshot read(BinaryIn all) throws IOException {
        long journalEnd = all.number();
        int mark = all.integer();
        BinaryIn body = all.partWith(all.dictionary());
        Plan head = PlanCodec.fromJson(body.text());
        int planned = body.integer();
        int count = body.integer();
        PlanBinary.Reader plans = new PlanBinary.Reader();
        List<PlanItem> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            items.add(plans.read(body));
        }
        List<Entry> ofRun = new ArrayList<>();
        int appended = planned;
        for (int left = body.integer(); left > 0; left--) {
            Entry entry = EventCodec.decode(body.text());
            int more = body.integer();
            ofRun.add(more == 0 ? entry : withItems(entry, items.subList(appended, appended + more)));
            appended += more;
        }
        ItemState[] states = new ItemState[count];
        Item.Metrics[] metrics = new Item.Metrics[count];
        int[] memories = new int[count];
        for (int i = 0; i < count; i++) {
            states[i] = body.constant(ItemState.class);
            metrics[i] = body.constant(Item.Metrics.class);
            memories[i] = body.passPart();
        }
        RunState state = RunState.restored(
                head.withItems(items.subList(0, planned)),
                ofRun,
                (item, i) -> {
                    int memory = memories[i];
                    return Item.restored(item, i, states[i], metrics[i], () -> ItemBinary.read(body.partFrom(memory)));
                },
                body.integer(),
                body.number(),
                body.maybeInstant());
        return new Snapshot(state, ofRun, journalEnd, mark);
    }

    /** Items that were added or changed stand with the others of the plan, not once more in the event that did it. */
    private static void writeEntry(BinaryOut out, Entry entry) {
        if (entry.event() instanceof RunEvent.Appended appended) {
            out.text(EventCodec.encode(withItems(entry, List.of())));
            out.number(appended.items().size());
        } else if (entry.event() instanceof RunEvent.Replanned replanned) {
            RunEvent.Replanned bare =
                    new RunEvent.Replanned(replanned.refreshed(), replanned.removed(), List.of(), replanned.changes());
            out.text(EventCodec.encode(new Entry(entry.number(), entry.at(), bare)));
            out.number(0);
        } else {
            out.text(EventCodec.encode(entry));
            out.number(0);
        }
    }

    private static Entry withItems(Entry entry, List<PlanItem> items) {
        RunEvent.Appended appended = (RunEvent.Appended) entry.event();
        return new Entry(entry.number(), entry.at(), new RunEvent.Appended(appended.by(), items));
    }

    private static byte[] framed(byte[] content) {
        byte[] bytes = new byte[HEADER_BYTES + content.length];
        System.arraycopy(content, 0, bytes, HEADER_BYTES, content.length);
        ByteBuffer.wrap(bytes).put(MAGIC).putInt(FORMAT).putInt(crc(bytes));
        return bytes;
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
        return (int) crc.getValue();
    }
}
