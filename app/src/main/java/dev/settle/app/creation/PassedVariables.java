package dev.settle.app.creation;

import dev.settle.app.process.Environment;
import dev.settle.app.process.Failure;
import java.util.ArrayList;
import java.util.List;

/** What {@code --env} says: {@code NAME=VALUE}, or {@code NAME} alone for one whose value is not to stand on a command line. */
final class PassedVariables {
    private PassedVariables() {}

    /**
     * Those with values; jobs have the others anyway, from the shell in which the run is created.
     *
     * @throws Failure 2 for a name that is not set there
     */
    static List<String> of(List<String> words, Environment shell) {
        List<String> withValues = new ArrayList<>();
        for (String word : words) {
            if (word.indexOf('=') >= 0 || word.isBlank()) {
                withValues.add(word);
            } else if (!shell.variables().containsKey(word)) {
                throw Failure.usage(
                        "--env: " + word + " is not set here",
                        "export it, or write --env " + word + "=VALUE; nothing was created");
            }
        }
        return withValues;
    }
}
