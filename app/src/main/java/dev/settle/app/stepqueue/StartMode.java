package dev.settle.app.stepqueue;

/** How an engine comes to a run. */
public enum StartMode {
    /** It has just been created. */
    NEW,
    /** Its engine died. */
    TAKEN_OVER,
    /** The user asked to go on after its end. */
    RESUMED
}
