package dev.settle.app.cli;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.reader.ItemFilter;
import dev.settle.app.reader.Views;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.json.Json;
import dev.settle.core.kernel.evidence.Rule;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Entry;
import dev.settle.core.view.RunView;
import dev.settle.core.view.explain.ExplainDocument;
import dev.settle.core.view.explain.ExplainText;
import dev.settle.core.view.explain.Explanation;
import dev.settle.core.view.explain.RuleText;
import dev.settle.core.view.explain.VerdictKind;
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
        return Options.of("explain", "RUN [ITEM...] [OPTIONS]", "Shows the evidence behind a verdict.")
                .under(Options.OUTPUT)
                .flag("--json", "Write one JSON document.")
                .flag("--no-color", "Use no colours.")
                .under(Options.OWN)
                .words("RUN [ITEM...]", "The run, and items by id or wildcard. Default: the verdicts by kind, one example each.")
                .examples("settle explain nightly 'train[lr=0.1]'")
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
        // The whole journal is read again: a snapshot has no history.
        Runs.OpenRun run = runs.unread(folder);
        Explanation explanation = items.isEmpty()
                ? Explanation.ofRun(VerdictKind.of(new Views(app, runs).of(folder, known.state())))
                : new Explanation(items);
        for (Entry entry : runs.entries(folder)) {
            run.state().apply(entry);
            explanation.entry(entry, run.state());
        }
        RunView view = new Views(app, runs).of(folder, run.state());
        RuleText rules = ExplainCommand::sentence;
        try {
            if (Options.has(args, "--json")) {
                Writer out = app.console().writer();
                ExplainDocument.write(view, explanation, rules, out, Json.Layout.INDENTED);
                out.write("\n");
                out.flush();
            } else {
                app.console()
                        .out(
                                ExplainText.of(view, explanation, rules, ZoneId.systemDefault(), COLUMNS),
                                SharedOptions.ink(args, app));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to stdout", e);
        }
        return ExitStatus.COMPLETED;
    }

    private static String sentence(String word) {
        for (Rule rule : Rule.values()) {
            if (rule.word().equals(word)) {
                return rule.sentence();
            }
        }
        return "";
    }
}
