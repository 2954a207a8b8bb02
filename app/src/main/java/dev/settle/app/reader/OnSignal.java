package dev.settle.app.reader;

/** What a signal does to the run that a command drives. */
public enum OnSignal {
    /** INT asks whoever sits at the terminal; without one, and for the others, as {@link #DETACH}. */
    ASK,
    DETACH,
    CANCEL,
    /** End the run as its driver's stop: a step queue's run is fed by nobody without us, and is told so. */
    STOP
}
