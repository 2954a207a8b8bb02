package dev.settle.app.mcp;

import dev.settle.app.reader.Views;
import dev.settle.app.runs.Invocation;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.json.Json;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunState;
import dev.settle.core.view.RunView;
import dev.settle.core.view.document.RunDocument;
import io.modelcontextprotocol.json.McpJsonMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Run documents for agents, whose room is small. */
final class RunDocuments {
    /** Of a run with more items, those that deserve a look first. */
    static final int ITEMS_MAX = 50;

    private static final List<ItemState> BY_INTEREST = List.of(
            ItemState.FAILED,
            ItemState.CANCELLED,
            ItemState.DEP_FAILED,
            ItemState.SETTLING,
            ItemState.RUNNING,
            ItemState.QUEUED,
            ItemState.SUBMITTED,
            ItemState.NOT_STARTED,
            ItemState.PENDING,
            ItemState.COMPLETED);

    private RunDocuments() {}

    static RunView view(Invocation invocation, RunFolder folder, RunState state) {
        return new Views(invocation.app(), invocation.runs()).of(folder, state);
    }

    /** The document; {@code items_omitted} says how many items of the run are not in it. */
    static Map<String, @Nullable Object> of(RunView view) {
        List<Item> items = view.items();
        if (items.size() > ITEMS_MAX) {
            items = items.stream()
                    .sorted(Comparator.comparingInt(item -> BY_INTEREST.indexOf(item.state())))
                    .limit(ITEMS_MAX)
                    .toList();
        }
        List<Item> shown = items;
        Map<String, @Nullable Object> document = tree(out -> RunDocument.write(view, shown, out, Json.Layout.ONE_LINE));
        document.put("items_omitted", view.items().size() - shown.size());
        return document;
    }

    /** Writes a document. */
    interface Writing {
        void to(StringWriter out) throws IOException;
    }

    static String text(Writing writing) {
        StringWriter out = new StringWriter();
        try {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot fail to be written", e);
        }
        return out.toString();
    }

    static Map<String, @Nullable Object> tree(Writing writing) {
        return Schemas.tree(McpJsonMapper.getDefault(), text(writing));
    }

    /** What to call next, as a sentence and as a call. */
    static Map<String, @Nullable Object> followUp(String text, String tool, Map<String, @Nullable Object> arguments) {
        Map<String, @Nullable Object> followUp = new LinkedHashMap<>();
        followUp.put("text", text);
        followUp.put("tool", tool);
        followUp.put("arguments", arguments);
        return followUp;
    }

    /** The first item that failed. */
    static Optional<String> failed(RunView view) {
        return view.items().stream()
                .filter(item -> item.state() == ItemState.FAILED)
                .map(item -> item.id().value())
                .findFirst();
    }
}
