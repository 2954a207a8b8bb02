package dev.settle.app.cli;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.reader.Explained;
import dev.settle.app.reader.ItemFilter;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.json.Json;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.view.explain.ExplainDocument;
import dev.settle.core.view.explain.ExplainText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle explain}: the evidence behind a verdict: what was seen, by whom, when, and the rule that decided. */
final class ExplainCommand implements Command {
    private static final int COLUMNS = 160;

    @Override
    public CommandSpec spec() {
        return Options.of("explain", "RUN [ITEM...] [--json]", "Shows the evidence behind a verdict.")
                .flag("--json", "One JSON document.")
                .flag("--no-color", "No colours.")
                .words("RUN [ITEM...]", "The run; items by id or wildcard, default: all that did not complete.")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) {
        List<String> words = Options.words(args);
        Runs runs = new Runs(app);
        RunFolder folder = runs.find(words.stream().findFirst());
        Runs.OpenRun known = runs.open(folder);
        Set<ItemId> items = new LinkedHashSet<>();
        ItemFilter.of(known.state(), words.subList(Math.min(1, words.size()), words.size()))
                .forEach(item -> items.add(item.id()));
        if (items.isEmpty()) {
            items.addAll(interesting(known));
        }
        Explained found = Explained.of(app, runs, folder, items);
        try {
            if (Options.has(args, "--json")) {
                Writer out = app.console().writer();
                ExplainDocument.write(found.view(), found.explanation(), Explained.RULES, out, Json.Layout.INDENTED);
                out.write("\n");
                out.flush();
            } else {
                app.console()
                        .out(
                                ExplainText.of(
                                        found.view(),
                                        found.explanation(),
                                        Explained.RULES,
                                        ZoneId.systemDefault(),
                                        COLUMNS),
                                SharedOptions.ink(args, app));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to stdout", e);
        }
        return ExitStatus.COMPLETED;
    }

    /** What people ask about when they name no item: what did not complete; all items when everything did. */
    private static List<ItemId> interesting(Runs.OpenRun run) {
        List<ItemId> bad = run.state().items().stream()
                .filter(item -> item.state() != ItemState.COMPLETED || item.isUnconfirmed())
                .map(Item::id)
                .toList();
        return bad.isEmpty() ? run.state().items().stream().map(Item::id).toList() : bad;
    }
}
