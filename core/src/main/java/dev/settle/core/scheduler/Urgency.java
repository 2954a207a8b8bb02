package dev.settle.core.scheduler;

/** Whether a query may wait for the user's budget of commands. */
public enum Urgency {
    /** The regular look at jobs that wait and run: it keeps to the budget. */
    ROUTINE,
    /** A job has ended or its fate is unclear, or somebody waits for the answer: it is sent within seconds. */
    AWAITED
}
