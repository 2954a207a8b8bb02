package dev.settle.app.engine;

import dev.settle.app.stepqueue.QueueAccess;

/**
 * A queue that is open to feed a run.
 *
 * @param coming how this driver comes to the run
 */
public record Feeding(QueueAccess access, QueueAccess.Coming coming) {}
