package dev.settle.core.model;

import java.util.List;
import java.util.OptionalInt;

/**
 * What a plan was read from, so that it can be read again.
 *
 * @param file absolute
 * @param arguments what an sbatch script was given
 * @param maxFailures what the command line said in place of the file
 */
public record PlanSource(String file, List<String> arguments, OptionalInt maxFailures) {
    public PlanSource {
        arguments = List.copyOf(arguments);
    }
}
