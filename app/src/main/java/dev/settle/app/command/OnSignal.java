package dev.settle.app.command;

import dev.settle.app.stepqueue.StepQueue;
import java.util.Optional;
import picocli.CommandLine.ParseResult;

/** What a signal does to the run that a command drives. */
enum OnSignal {
    /** INT asks whoever sits at the terminal; without one, and for the others, as {@link #DETACH}. */
    ASK,
    DETACH,
    CANCEL,
    /** End the run as its driver's stop: a step queue's run is fed by nobody without us, and is told so. */
    STOP;

    /** What run and resume do. */
    static OnSignal of(ParseResult args, Optional<StepQueue> feeding) {
        if (Options.has(args, "--cancel-on-exit")) {
            return CANCEL;
        }
        return feeding.isPresent() ? STOP : ASK;
    }
}
