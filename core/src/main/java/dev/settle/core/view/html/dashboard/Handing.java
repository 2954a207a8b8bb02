package dev.settle.core.view.html.dashboard;

/** What the dashboard offers so that a run goes on by itself. */
public enum Handing {
    /** Nothing: it has ended, or the background engine manages it. */
    NONE,
    /** A command manages it, and its end would leave the run. */
    HAND_OVER,
    /** No process manages it. */
    CONTINUE
}
