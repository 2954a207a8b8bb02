package dev.settle.app.reader;

/** Why following a run ended. */
enum FollowEnd {
    RUN_ENDED,
    /** What was waited for holds. */
    ENOUGH,
    ITEM_FAILED,
    TIMED_OUT,
    /** The scheduler was silent for too long. */
    GAVE_UP,
    SIGNALLED,
    /** The command watches several runs, and left because of another one. */
    LEFT_WITH_OTHERS,
    /** No process manages the run any more, and this one is not to. */
    ENGINE_GONE,
    /** The run could not be recorded any further. */
    STORAGE_FAILED
}
