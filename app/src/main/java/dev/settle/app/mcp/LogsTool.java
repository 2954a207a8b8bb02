package dev.settle.app.mcp;

import dev.settle.app.process.Failure;
import dev.settle.app.reader.ItemFilter;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.Requests;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What items wrote, the last of it. */
final class LogsTool {
    private static final int LINES_DEFAULT = 50;

    /** Of more items the output is read one call after the other. */
    private static final int ITEMS_MAX = 10;

    private LogsTool() {}

    static Answer logs(Call call) {
        Invocation invocation = call.invocation();
        RunFolder folder = invocation.runs().find(call.arguments().text("run"));
        RunState state = invocation.runs().open(folder).state();
        Requests requests = new Requests(folder, invocation.app().environment().home());
        List<Item> items = items(call, state);
        if (items.size() > ITEMS_MAX) {
            invocation
                    .app()
                    .console()
                    .notice("these are " + ITEMS_MAX + " of " + items.size() + " items; name others to see them");
            items = items.subList(0, ITEMS_MAX);
        }
        int lines = call.arguments().count("tail").orElse(LINES_DEFAULT);
        String wanted = call.arguments().text("stream").orElse("both");
        List<Map<String, @Nullable Object>> outputs = new ArrayList<>();
        List<String> text = new ArrayList<>();
        for (Item item : items) {
            refuseWhereThereIsNone(item, items.size());
            if (item.attempt().token().isEmpty()) {
                continue;
            }
            Attempt attempt = attempt(item, call);
            for (String stream : wanted.equals("both") ? List.of("stderr", "stdout") : List.of(wanted)) {
                Path file = stream.equals("stderr")
                        ? requests.stderr(state, item, attempt)
                        : requests.stdout(state, item, attempt);
                OutputTailText tail = read(file, lines);
                outputs.add(tree(item, attempt, stream, file, tail));
                text.add("==> " + item.id() + " " + stream + (tail.cut() ? ", its last lines" : "") + " <==");
                text.add(tail.text().isEmpty() ? "(empty)" : tail.text().stripTrailing());
            }
        }
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("run", folder.id().value());
        tree.put("outputs", outputs);
        return Answer.of(tree, text.isEmpty() ? List.of("No item has written anything yet.") : text);
    }

    private static List<Item> items(Call call, RunState state) {
        List<String> words = call.arguments().texts("items");
        if (!words.isEmpty()) {
            return ItemFilter.of(state, words);
        }
        List<Item> failed = state.items().stream()
                .filter(item -> item.state() == ItemState.FAILED || item.state() == ItemState.CANCELLED)
                .toList();
        return failed.isEmpty() ? state.items() : failed;
    }

    /** As settle logs says it. */
    private static void refuseWhereThereIsNone(Item item, int of) {
        if (of > 1) {
            return;
        }
        if (item.plan().jobId().isPresent()) {
            throw Failure.notFound(item.id() + " was not submitted by settle, so its output file is not known");
        }
        if (item.attempt().token().isEmpty()) {
            throw Failure.notFound(
                    item.state().isEnd()
                            ? item.id() + " was never submitted, so there is no output"
                            : item.id() + " has not been submitted, so there is no output yet");
        }
    }

    private static Attempt attempt(Item item, Call call) {
        int number = call.arguments().count("attempt").orElse(item.attempt().number());
        if (number == item.attempt().number()) {
            return item.attempt();
        }
        return item.earlier().stream()
                .filter(attempt -> attempt.number() == number)
                .findFirst()
                .orElseThrow(() -> Failure.notFound(item.id() + " has no attempt " + number + "; the last is "
                        + item.attempt().number()));
    }

    private static OutputTailText read(Path file, int lines) {
        try {
            return OutputTailText.of(file, lines);
        } catch (IOException e) {
            throw Failure.storage("the output cannot be read: " + e.getMessage());
        }
    }

    private static Map<String, @Nullable Object> tree(
            Item item, Attempt attempt, String stream, Path file, OutputTailText tail) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("item", item.id().value());
        tree.put("attempt", attempt.number());
        tree.put("stream", stream);
        tree.put("path", file.toString());
        tree.put("text", tail.text());
        tree.put("cut", tail.cut());
        return tree;
    }

    /** The output of one item of a run, for a resource. */
    static String output(Invocation invocation, String run, String itemId, String stream) {
        RunFolder folder = invocation.runs().find(Optional.of(run));
        RunState state = invocation.runs().open(folder).state();
        Item item = ItemFilter.of(state, List.of(itemId)).get(0);
        refuseWhereThereIsNone(item, 1);
        Requests requests = new Requests(folder, invocation.app().environment().home());
        return read(
                        stream.equals("stderr")
                                ? requests.stderr(state, item, item.attempt())
                                : requests.stdout(state, item, item.attempt()),
                        Integer.MAX_VALUE)
                .text();
    }
}
