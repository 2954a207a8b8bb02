package dev.settle.app.stepqueue.client;

import java.time.Duration;

/**
 * Every limit of a talk with a step queue.
 *
 * @param connect until a connection is open
 * @param quick of a call that only looks something up or takes note
 * @param slow of a call in which the service proposes a candidate (start, suggest, resume), which takes minutes
 * @param closing of all calls together that end a run, so that an interrupted run ends within 2 s
 * @param attempts how often a call is tried before the queue counts as unavailable
 * @param heartbeat how often the service is told that its run is being worked on
 * @param idle how long a running service may have nothing ready before the queue counts as unavailable
 * @param lookWhileWaiting after how long a submission without an answer is looked for, and then how often
 */
public record QueueLimits(
        Duration connect,
        Duration quick,
        Duration slow,
        Duration closing,
        int attempts,
        Duration heartbeat,
        Duration idle,
        Duration lookWhileWaiting) {

    /** The limits of the public client of the service, but for suggest: a look decides long before its 3,650 s. */
    public static final QueueLimits DEFAULT = new QueueLimits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(20),
            Duration.ofMillis(700),
            5,
            Duration.ofSeconds(30),
            Duration.ofHours(1),
            Duration.ofSeconds(60));
}
