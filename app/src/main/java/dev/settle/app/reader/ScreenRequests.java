package dev.settle.app.reader;

import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.ItemId;
import dev.settle.core.view.Line;
import dev.settle.core.view.explain.ExplainText;
import dev.settle.core.view.screen.ScreenAction;
import java.time.ZoneId;
import java.util.List;

/** What the keys of a live screen ask of the run that is followed. */
final class ScreenRequests implements InteractiveScreen.Keys {
    /** Longer lines of an explanation are cut, as by {@code settle explain}. */
    private static final int COLUMNS_MAX = 160;

    private final App app;
    private final Runs runs;
    private final RunFolder folder;
    private final Follower follower;
    private final SignalReply reply;

    ScreenRequests(App app, Runs runs, RunFolder folder, Follower follower, SignalReply reply) {
        this.app = app;
        this.runs = runs;
        this.folder = folder;
        this.follower = follower;
        this.reply = reply;
    }

    @Override
    public void wake() {
        follower.wake();
    }

    @Override
    public void act(ScreenAction action) {
        reply.to(action);
    }

    @Override
    public List<Line> explain(ItemId item) {
        try {
            Evidence found = Evidence.of(runs, folder, List.of(item.value()), 1, new Views(app, runs));
            return ExplainText.of(
                    found.view(), found.explanation(), Evidence.RULES, ZoneId.systemDefault(), COLUMNS_MAX);
        } catch (Failure e) {
            return e.lines().stream().map(Line::of).toList();
        }
    }
}
