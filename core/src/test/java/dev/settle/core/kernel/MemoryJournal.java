package dev.settle.core.kernel;

import dev.settle.core.journal.EventCodec;
import dev.settle.core.journal.JournalLine;
import dev.settle.core.journal.JournalScan;
import dev.settle.core.model.Plan;
import dev.settle.core.run.DurableUpTo;
import dev.settle.core.run.Entry;
import dev.settle.core.run.RunState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The real journal's lines, in memory. */
final class MemoryJournal {
    private final Plan plan;
    private long lastNumber;
    private ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    MemoryJournal(Plan plan) {
        this.plan = plan;
    }

    DurableUpTo append(List<Entry> batch) {
        if (!batch.isEmpty()) {
            bytes.writeBytes(JournalLine.encode(batch));
            lastNumber = batch.get(batch.size() - 1).number();
        }
        return new DurableUpTo(lastNumber);
    }

    int size() {
        return bytes.size();
    }

    /** A crash keeps so many bytes: what was forced, and any part of what was not. */
    void cut(int size) {
        byte[] kept = new byte[size];
        System.arraycopy(bytes.toByteArray(), 0, kept, 0, size);
        bytes = new ByteArrayOutputStream();
        bytes.writeBytes(kept);
    }

    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        JournalScan scan = new JournalScan(0, 0, (json, offset, end) -> entries.add(EventCodec.decode(json)));
        byte[] all = bytes.toByteArray();
        try {
            scan.feed(all, all.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        JournalScan.Result result = scan.finish();
        if (result.kind() == JournalScan.Kind.DAMAGED) {
            throw new IllegalStateException("the journal is damaged at " + result.end());
        }
        cut((int) result.end());
        return entries;
    }

    /** The run as these lines leave it. */
    RunState replay() {
        RunState state = new RunState(plan);
        entries().forEach(state::apply);
        return state;
    }
}
