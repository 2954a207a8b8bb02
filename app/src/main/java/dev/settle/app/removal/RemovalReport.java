package dev.settle.app.removal;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.removal.Removal.Removed;
import dev.settle.core.json.Json;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.Text;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;

/**
 * What was deleted, or would be.
 *
 * @param status of the command
 */
public record RemovalReport(List<Removed> runs, Removal.Effect effect, ExitStatus status) {
    /** The name and version of the JSON form. */
    public static final String SCHEMA = "settle.removed/1";

    public RemovalReport {
        runs = List.copyOf(runs);
    }

    private long bytes() {
        return runs.stream().mapToLong(Removed::bytes).sum();
    }

    /** A line for each run, then their sum. */
    public String text() {
        boolean done = effect == Removal.Effect.DONE;
        List<String> lines = new ArrayList<>();
        for (Removed run : runs) {
            lines.add((done ? "removed " : "would remove ") + run.id()
                    + (run.name().isEmpty() ? "" : " (" + run.name() + ")") + ": " + Amounts.bytes(run.bytes()));
        }
        lines.add(
                runs.isEmpty()
                        ? "no run " + (done ? "was" : "would be") + " removed"
                        : Text.count(runs.size(), "run")
                                + (done ? "" : " would be")
                                + " removed, " + Amounts.bytes(bytes()) + " freed");
        return String.join("\n", lines) + "\n";
    }

    /** Writes the same as one document with a line end; {@code out} is flushed and stays open. */
    public void write(Writer out) throws IOException {
        try (JsonGenerator json = Json.generator(out, Json.Layout.INDENTED)) {
            json.writeStartObject();
            json.writeStringField("schema", SCHEMA);
            json.writeBooleanField("dry_run", effect == Removal.Effect.NONE);
            json.writeNumberField("count", runs.size());
            json.writeNumberField("bytes", bytes());
            json.writeArrayFieldStart("runs");
            for (Removed run : runs) {
                json.writeStartObject();
                json.writeStringField("id", run.id());
                json.writeStringField("name", run.name());
                json.writeNumberField("bytes", run.bytes());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }
}
