package dev.settle.core.view;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.settle.core.json.Json;
import dev.settle.core.run.ItemState;
import dev.settle.core.text.Times;
import java.io.IOException;
import java.io.Writer;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All runs at one look, for people and as JSON. */
public final class ListText {
    /** More runs than this are counted, not listed; the JSON has all of them. */
    public static final int ROWS_MAX = 50;

    /** The name and version of the JSON form. */
    public static final String SCHEMA = "settle.list/1";

    private ListText() {}

    /**
     * The runs as a table, in the order given; those that cannot be read come last.
     *
     * @param columns lines are cut there
     */
    public static List<Line> of(RunList list, ZoneId zone, int columns, int rowsMax) {
        List<RunSummary> runs = list.runs();
        if (runs.isEmpty() && list.unreadable().isEmpty()) {
            return List.of(Line.of("No runs yet. Start one with: settle run -- COMMAND")
                    .fit(columns));
        }
        Table table = new Table()
                .column("RUN", Table.Align.LEFT, Table.Cut.NEVER, Table.NEEDED)
                .column("NAME", Table.Align.LEFT, Table.Cut.IN_THE_MIDDLE, 1)
                .column("STATE", Table.Align.LEFT)
                .column("DONE", Table.Align.RIGHT, Table.Cut.AT_THE_END, 3)
                .column("CREATED", Table.Align.LEFT, Table.Cut.AT_THE_END, 4)
                .column("WHAT", Table.Align.LEFT, Table.Cut.AT_THE_END, 2);
        int shown = Math.min(runs.size(), rowsMax);
        for (RunSummary run : runs.subList(0, shown)) {
            table.row()
                    .cell(Style.STRONG, run.id())
                    .cell(run.name())
                    .cell(run.style(), run.state())
                    .cell(run.of(ItemState.COMPLETED) + "/" + run.total())
                    .cell(Times.minute(run.createdAt(), zone))
                    .cell(run.headline());
        }
        for (RunList.Unreadable run : list.unreadable()) {
            table.row()
                    .cell(Style.STRONG, run.id())
                    .cell("")
                    .cell(Style.BAD, run.state())
                    .cell("")
                    .cell("")
                    .cell(run.message());
        }
        List<Line> lines = new ArrayList<>(table.lines(columns));
        if (shown < runs.size()) {
            lines.add(Line.of("and " + (runs.size() - shown) + " more; settle list --json lists all")
                    .fit(columns));
        }
        return lines;
    }

    /** Writes the runs as one document with a line end; {@code out} is flushed and stays open. */
    public static void write(RunList list, Writer out, Json.Layout layout) throws IOException {
        try (JsonGenerator json = Json.generator(out, layout)) {
            json.writeStartObject();
            json.writeStringField("schema", SCHEMA);
            json.writeArrayFieldStart("runs");
            for (RunSummary run : list.runs()) {
                write(run, json);
            }
            for (RunList.Unreadable run : list.unreadable()) {
                json.writeStartObject();
                json.writeStringField("id", run.id());
                json.writeStringField("state", run.state());
                Emit.text(json, "file", run.file());
                json.writeStringField("message", run.message());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("unreadable");
            for (RunList.Unreadable run : list.unreadable()) {
                json.writeStartObject();
                json.writeStringField("id", run.id());
                json.writeStringField("message", run.message());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void write(RunSummary run, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", run.id());
        json.writeStringField("name", run.name());
        json.writeStringField("backend", run.backend());
        json.writeStringField("state", run.state());
        json.writeBooleanField("settled", run.settled());
        Emit.number(json, "exit_status", run.exitStatus());
        Emit.text(json, "reason", run.reason());
        json.writeStringField("headline", run.headline());
        json.writeObjectFieldStart("counts");
        json.writeNumberField("total", run.total());
        for (ItemState state : ItemState.values()) {
            json.writeNumberField(state.word(), run.of(state));
        }
        json.writeEndObject();
        json.writeNumberField("unconfirmed", run.unconfirmed());
        Emit.time(json, "created_at", Optional.of(run.createdAt()));
        Emit.time(json, "finished_at", run.finishedAt());
        json.writeEndObject();
    }
}
