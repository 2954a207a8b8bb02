package dev.settle.core.model;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a run of a step queue says of itself, for a run file that only names it.
 *
 * @param command what evaluates a candidate
 * @param metric name of the metric in the command's output
 * @param maximize whether a larger metric is better
 * @param steps how many steps it has in all
 */
public record QueueObjective(
        Optional<String> command, Optional<String> metric, Optional<Boolean> maximize, OptionalInt steps) {
    public static final QueueObjective NONE =
            new QueueObjective(Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty());
}
