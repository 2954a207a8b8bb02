package dev.settle.core.model;

import java.util.List;
import java.util.OptionalInt;

/**
 * What a plan was read from, so that it can be read again.
 *
 * @param file absolute
 * @param arguments what an sbatch script was given
 * @param maxFailures what the command line said in place of the file
 * @param choices what else it said
 */
public record PlanSource(String file, List<String> arguments, OptionalInt maxFailures, RunChoices choices) {
    public PlanSource {
        arguments = List.copyOf(arguments);
    }

    /** A source whose command line said nothing else. */
    public PlanSource(String file, List<String> arguments, OptionalInt maxFailures) {
        this(file, arguments, maxFailures, RunChoices.NONE);
    }
}
