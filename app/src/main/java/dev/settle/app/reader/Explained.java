package dev.settle.app.reader;

import dev.settle.app.process.App;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.kernel.evidence.Rule;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Entry;
import dev.settle.core.view.RunView;
import dev.settle.core.view.explain.Explanation;
import dev.settle.core.view.explain.RuleText;
import java.util.Set;

/** The evidence behind the verdicts of items, out of the whole journal: a snapshot has no history. */
public record Explained(RunView view, Explanation explanation) {
    /** The rules of evidence in sentences. */
    public static final RuleText RULES = Explained::sentence;

    public static Explained of(App app, Runs runs, RunFolder folder, Set<ItemId> items) {
        Runs.OpenRun run = runs.unread(folder);
        Explanation explanation = new Explanation(items);
        for (Entry entry : runs.entries(folder)) {
            run.state().apply(entry);
            explanation.entry(entry, run.state());
        }
        return new Explained(new Views(app, runs).of(folder, run.state()), explanation);
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
