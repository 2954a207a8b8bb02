package dev.settle.app.command;

import dev.settle.app.process.App;
import dev.settle.core.runfile.RunFiles;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The words behind the name of a script: {@code settle run job.sh x --y} starts it as {@code sbatch job.sh x --y} does. */
final class ScriptArguments {
    private ScriptArguments() {}

    /** Whether the first word besides the options names a script, so that all words behind it are its arguments. */
    static boolean begin(Command command, List<String> args, App app) {
        if (!(command instanceof RunCommand
                || command instanceof SubmitCommand
                || command instanceof ValidateCommand)) {
            return false;
        }
        try {
            ParseResult parsed =
                    Commands.line(command).setStopAtPositional(true).parseArgs(args.toArray(String[]::new));
            List<String> words = Options.words(parsed);
            return !words.isEmpty()
                    && !isCommandForm(args, words)
                    && file(words.get(0), app).filter(RunFiles::isScript).isPresent();
        } catch (CommandLine.ParameterException e) {
            // Told by the parse that counts.
            return false;
        }
    }

    /** Whether a {@code --} stands before the words. */
    private static boolean isCommandForm(List<String> args, List<String> words) {
        int before = args.size() - words.size() - 1;
        return before >= 0 && args.get(before).equals("--");
    }

    /**
     * The arguments, without a {@code --} that stands right behind the file. Who meant an option of settle's reads what
     * became of it.
     */
    static List<String> of(ParseResult parsed, List<String> words, App app) {
        List<String> after = words.subList(1, words.size());
        if (!after.isEmpty() && after.get(0).equals("--")) {
            return List.copyOf(after.subList(1, after.size()));
        }
        for (String word : after) {
            OptionSpec option = parsed.commandSpec().findOption(word.replaceFirst("=.*", ""));
            if (option != null && word.startsWith("--")) {
                app.console()
                        .notice("settle: " + option.longestName() + " stands behind " + words.get(0)
                                + ", so it is given to the script; options of settle stand before the script");
            }
        }
        return List.copyOf(after);
    }

    /** A file that a word names; empty where no file can be called so. */
    static Optional<Path> file(String word, App app) {
        try {
            return Optional.of(app.environment().directory().resolve(word));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
