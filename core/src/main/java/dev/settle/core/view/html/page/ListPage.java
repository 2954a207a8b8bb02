package dev.settle.core.view.html.page;

import dev.settle.core.run.ItemState;
import dev.settle.core.text.Times;
import dev.settle.core.view.RunList;
import java.util.List;

/** All runs, prepared for the template. */
public record ListPage(String style, String policy, List<Row> rows, int more, List<Banner.Fact> unreadable) {
    public ListPage {
        rows = List.copyOf(rows);
        unreadable = List.copyOf(unreadable);
    }

    /** A run. */
    public record Row(String id, String name, String state, String done, String created, String headline) {}

    /** @param rowsMax the rest is counted */
    public static ListPage of(RunList list, int rowsMax) {
        String style = Assets.style();
        return new ListPage(
                style,
                Assets.policy(style, ""),
                list.runs().stream()
                        .limit(rowsMax)
                        .map(run -> new Row(
                                run.id(),
                                run.name(),
                                run.state(),
                                run.of(ItemState.COMPLETED) + "/" + run.total(),
                                Times.rfc3339(run.createdAt()),
                                run.headline()))
                        .toList(),
                Math.max(0, list.runs().size() - rowsMax),
                list.unreadable().stream()
                        .map(run -> new Banner.Fact(run.state(), run.sentence()))
                        .toList());
    }
}
