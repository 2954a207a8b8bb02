package dev.settle.app.reader;

import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.view.Line;
import dev.settle.core.view.RunView;
import dev.settle.core.view.explain.ExplainText;
import dev.settle.core.view.explain.Explanation;
import dev.settle.core.view.html.page.Evidence;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The evidence that stands on a report page: of what did not end well first, and of as many items as a page holds. */
final class PageEvidence {
    private static final int ITEMS_MAX = 200;
    private static final int COLUMNS = 160;
    private static final int LINES_MAX = 60;

    private PageEvidence() {}

    static Evidence of(Runs runs, RunFolder folder, RunView view) {
        Set<ItemId> items = new LinkedHashSet<>();
        view.items().stream().filter(PageEvidence::isTrouble).limit(ITEMS_MAX).forEach(item -> items.add(item.id()));
        view.items().stream().limit(ITEMS_MAX - items.size()).forEach(item -> items.add(item.id()));
        Runs.OpenRun run = runs.unread(folder);
        Explanation explanation = new Explanation(items);
        runs.forEachEntry(folder, entry -> {
            if (entry.number() <= view.run().lastNumber()) {
                run.state().apply(entry);
                explanation.entry(entry, run.state());
            }
        });
        Map<ItemId, List<String>> lines = new LinkedHashMap<>();
        for (ItemId id : items) {
            lines.put(
                    id,
                    ExplainText.ofItem(
                                    view,
                                    explanation,
                                    id,
                                    dev.settle.app.reader.Evidence.RULES,
                                    ZoneOffset.UTC,
                                    COLUMNS)
                            .stream()
                            .limit(LINES_MAX)
                            .map(Line::plain)
                            .toList());
        }
        return new Evidence(lines);
    }

    private static boolean isTrouble(Item item) {
        return item.state() == ItemState.FAILED || item.state() == ItemState.CANCELLED || item.isUnconfirmed();
    }
}
