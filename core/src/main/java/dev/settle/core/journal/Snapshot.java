package dev.settle.core.journal;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.dataformat.smile.SmileFactory;
import com.fasterxml.jackson.dataformat.smile.SmileGenerator;
import dev.settle.core.json.FieldWriter;
import dev.settle.core.json.Fields;
import dev.settle.core.json.PulledFields;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.io.UncheckedIOException;
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
 * folded again by the one fold; only the items, which are many, are kept as they were. Everything is written by the codec
 * of the journal, in Jackson's Smile encoding.
 *
 * @param state as the journal's first {@code journalEnd} bytes leave it
 * @param ofRun the entries of the run that are not of an item, as {@link #kept} keeps them
 * @param journalEnd how much of the journal it covers, in bytes
 * @param mark what tells that the journal still has the same last lines there
 */
public record Snapshot(RunState state, List<Entry> ofRun, long journalEnd, int mark) {
    /** Raised with every change of what is written; {@code SnapshotTest} reminds. */
    static final int FORMAT = 5;

    private static final byte[] MAGIC = "settlesn".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_BYTES = MAGIC.length + 8;

    private static final SmileFactory SMILE = SmileFactory.builder()
            .enable(SmileGenerator.Feature.CHECK_SHARED_STRING_VALUES)
            .enable(SmileGenerator.Feature.LENIENT_UTF_ENCODING)
            .build();

    /** What a journal's bytes before a place come to. */
    public static int markOf(byte[] before) {
        CRC32C crc = new CRC32C();
        crc.update(before);
        return (int) crc.getValue();
    }

    /**
     * What a snapshot keeps of an entry: nothing of those of items, and of the others all but the items that they bring,
     * which stand among the items of the run.
     */
    public static Optional<Entry> kept(Entry entry) {
        RunEvent event = entry.event();
        return switch (event.kind()) {
            case ITEM -> Optional.empty();
            case APPENDED ->
                Optional.of(with(entry, new RunEvent.Appended(((RunEvent.Appended) event).by(), List.of())));
            case REPLANNED -> {
                RunEvent.Replanned e = (RunEvent.Replanned) event;
                yield Optional.of(
                        with(entry, new RunEvent.Replanned(e.refreshed(), e.removed(), List.of(), e.changes())));
            }
            default -> Optional.of(entry);
        };
    }

    private static Entry with(Entry entry, RunEvent event) {
        return new Entry(entry.number(), entry.at(), event);
    }

    /**
     * The snapshot as bytes.
     *
     * @param version of settle
     */
    public byte[] encode(String version) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder()) {
            bytes.write(new byte[HEADER_BYTES]);
            try (JsonGenerator generator = SMILE.createGenerator(bytes)) {
                write(generator, version);
            }
            byte[] all = bytes.toByteArray();
            ByteBuffer.wrap(all).put(MAGIC).putInt(FORMAT).putInt(crc(all));
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException("bytes cannot fail to be written", e);
        }
    }

    /** Writes the snapshot as an object, in whatever encoding. */
    void write(JsonGenerator generator, String version) throws IOException {
        FieldWriter out = new FieldWriter(generator);
        out.begin()
                .put("version", version)
                .put("journal_end", journalEnd)
                .put("mark", mark)
                .put("number", state.lastNumber())
                .maybe("at", state.lastAt())
                .begin("plan");
        PlanCodec.write(out, state.plan());
        out.end().put("planned", state.plan().items().size()).beginList("events");
        for (Entry entry : ofRun) {
            EventCodec.write(entry, entry.number(), out);
        }
        out.endList().beginList("items");
        FieldWriter pulled = FieldWriter.pulled(generator);
        for (Item item : state.items()) {
            pulled.begin();
            ItemCodec.write(pulled, item);
            pulled.end();
        }
        out.endList().end();
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
        try (JsonParser parser = SMILE.createParser(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES)) {
            return read(parser, version);
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

    private static Optional<Snapshot> read(JsonParser parser, String version) throws IOException {
        parser.nextToken();
        List<Item> items = new ArrayList<>();
        PlanCodec.Alike alike = new PlanCodec.Alike();
        Fields f = Fields.read(
                parser, "items", in -> PulledFields.list(in, items, item -> ItemCodec.read(item, items.size(), alike)));
        if (!f.text("version").equals(version)) {
            return Optional.empty();
        }
        List<Entry> ofRun = new ArrayList<>();
        for (Fields entry : f.objects("events")) {
            ofRun.add(EventCodec.read(entry));
        }
        List<PlanItem> planned =
                items.subList(0, f.integer("planned")).stream().map(Item::plan).toList();
        Plan plan = PlanCodec.plan(f.object("plan"), planned);
        RunState state = RunState.fromSnapshot(plan, items, ofRun, f.longer("number"), f.optInstant("at"));
        return Optional.of(new Snapshot(state, ofRun, f.longer("journal_end"), f.integer("mark")));
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
        return (int) crc.getValue();
    }
}
