package dev.settle.core.view.html.dashboard;

import dev.settle.core.view.RunSummary;
import dev.settle.core.view.RunView;
import dev.settle.core.view.html.page.Banner;

/**
 * What the list shows of a run, when its items are let go.
 *
 * @param banner how it stands
 */
public record RunCard(RunSummary summary, Banner banner) {
    public static RunCard of(RunView view) {
        return new RunCard(RunSummary.of(view), Banner.of(view));
    }

    /** Whether somebody has to do something, or the run stands still. */
    boolean needsAttention() {
        return banner.credits() || summary.state().equals(RunView.STALLED);
    }
}
