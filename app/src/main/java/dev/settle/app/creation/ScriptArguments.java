package dev.settle.app.creation;

import dev.settle.app.process.App;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The words behind the name of a script: {@code settle run job.sh x --y} starts it as {@code sbatch job.sh x --y} does. */
public final class ScriptArguments {
    private ScriptArguments() {}

    /**
     * The arguments, without a {@code --} that stands right behind the file. Who meant an option of settle's reads what
     * became of it.
     */
    static List<String> of(PlanRequest request, App app) {
        List<String> words = request.words();
        List<String> after = words.subList(1, words.size());
        if (!after.isEmpty() && after.get(0).equals("--")) {
            return List.copyOf(after.subList(1, after.size()));
        }
        for (String word : after) {
            String option = request.optionNames().get(word.replaceFirst("=.*", ""));
            if (option != null && word.startsWith("--")) {
                app.console()
                        .notice("settle: " + option + " stands behind " + words.get(0)
                                + ", so it is given to the script; options of settle stand before the script");
            }
        }
        return List.copyOf(after);
    }

    /** A file that a word names; empty where no file can be called so. */
    public static Optional<Path> file(String word, App app) {
        try {
            return Optional.of(app.environment().directory().resolve(word));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
