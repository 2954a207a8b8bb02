package dev.settle.app.reader;

import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.kernel.evidence.Rule;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Entry;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.view.RunView;
import dev.settle.core.view.explain.Explanation;
import dev.settle.core.view.explain.RuleText;
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
     * @param words items by id or wildcard; without any, all that did not complete, or all items when everything did
     * @param itemsMax at most so many items
     */
    public static Evidence of(Runs runs, RunFolder folder, Collection<String> words, int itemsMax, Views views) {
        Runs.OpenRun known = runs.open(folder);
        Set<ItemId> items = new LinkedHashSet<>();
        List<Item> named = words.isEmpty() ? interesting(known) : ItemFilter.of(known.state(), words);
        named.stream().limit(itemsMax).forEach(item -> items.add(item.id()));
        Runs.OpenRun run = runs.unread(folder);
        Explanation explanation = new Explanation(items);
        for (Entry entry : runs.entries(folder)) {
            run.state().apply(entry);
            explanation.entry(entry, run.state());
        }
        return new Evidence(views.of(folder, run.state()), explanation, named.size() - items.size());
    }

    private static List<Item> interesting(Runs.OpenRun run) {
        List<Item> bad = run.state().items().stream()
                .filter(item -> item.state() != ItemState.COMPLETED || item.isUnconfirmed())
                .toList();
        return bad.isEmpty() ? run.state().items() : bad;
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
