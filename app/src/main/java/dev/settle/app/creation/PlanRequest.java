package dev.settle.app.creation;

import dev.settle.core.model.RunChoices;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What the words and options of run, submit and validate say about the plan.
 *
 * @param command its name, such as {@code settle run}
 * @param accepts what its words may name
 * @param words besides the options
 * @param beforeDashes how many of the words come before a {@code --}; empty without one
 * @param itemOptions the values of the options that go with a command, by their names without dashes
 * @param env values of {@code --env}
 * @param choices what is said in place of a run file; its name is not among {@code itemOptions}
 * @param optionNames every name of an option of the command, with the longest name of that option
 */
public record PlanRequest(
        String command,
        Accepts accepts,
        List<String> words,
        OptionalInt beforeDashes,
        Map<String, String> itemOptions,
        List<String> env,
        OptionalInt maxFailures,
        RunChoices choices,
        Map<String, String> optionNames) {
    /** What words may name. */
    public enum Accepts {
        FILES,
        FILES_AND_COMMANDS
    }

    public PlanRequest {
        words = List.copyOf(words);
        itemOptions = Collections.unmodifiableMap(new LinkedHashMap<>(itemOptions));
        env = List.copyOf(env);
        optionNames = Map.copyOf(optionNames);
    }

    boolean takesCommands() {
        return accepts == Accepts.FILES_AND_COMMANDS;
    }
}
