package dev.settle.core.view.html.dashboard;

import dev.settle.core.view.RunSummary;
import dev.settle.core.view.RunView;
import java.util.Optional;

/**
 * What the list shows of a run, when its items are let go.
 *
 * @param credits whether it ended, or waits, because credits are missing
 * @param detail what stopped it, and who said so
 * @param link where to top up
 */
public record RunCard(
        RunSummary summary, boolean credits, Optional<String> detail, Optional<String> hint, Optional<String> link) {
    public static RunCard of(RunView view) {
        return new RunCard(
                RunSummary.of(view),
                StopBanner.isOfCredits(view),
                view.stopText().flatMap(text -> text.detail()),
                view.hint(),
                StopBanner.topUp(view));
    }

    /** Whether somebody has to do something, or the run stands still. */
    boolean needsAttention() {
        return credits || summary.state().equals(RunView.STALLED);
    }
}
