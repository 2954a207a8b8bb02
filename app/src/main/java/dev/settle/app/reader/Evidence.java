package dev.settle.app.reader;

import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.kernel.evidence.Rule;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunState;
import dev.settle.core.view.RunView;
import dev.settle.core.view.explain.Explanation;
import dev.settle.core.view.explain.RuleText;
import dev.settle.core.view.explain.VerdictKind;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The evidence behind a run's verdicts, collected from its whole journal: a snapshot has no history.
 *
 * @param omitted how many items were meant as well and are not explained
 */
public record Evidence(RunView view, Explanation explanation, int omitted) {
    /** What a rule of evidence says, by its name. */
    public static final RuleText RULES = Evidence::sentence;

    /**
     * Collects it.
     *
     * @param words items by id or wildcard; without any, the verdicts by kind with one example each
     * @param itemsMax the most items that are explained
     */
    public static Evidence of(Runs runs, RunFolder folder, Collection<String> words, int itemsMax, Views views) {
        Chosen chosen = chosen(runs, folder, words, itemsMax, views);
        Runs.OpenRun run = runs.unread(folder);
        runs.forEachEntry(folder, entry -> {
            run.state().apply(entry);
            chosen.explanation().entry(entry, run.state());
        });
        return new Evidence(views.of(folder, run.state()), chosen.explanation(), chosen.omitted());
    }

    private record Chosen(Explanation explanation, int omitted) {}

    /** By the run as it is now, of which nothing is kept: two folds of a large run do not fit into memory together. */
    private static Chosen chosen(Runs runs, RunFolder folder, Collection<String> words, int itemsMax, Views views) {
        RunState state = runs.open(folder).state();
        if (words.isEmpty()) {
            return new Chosen(Explanation.ofRun(VerdictKind.of(views.of(folder, state))), 0);
        }
        List<Item> named = ItemFilter.of(state, words);
        Set<ItemId> items = new LinkedHashSet<>();
        named.stream().limit(itemsMax).forEach(item -> items.add(item.id()));
        return new Chosen(new Explanation(items), named.size() - items.size());
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
