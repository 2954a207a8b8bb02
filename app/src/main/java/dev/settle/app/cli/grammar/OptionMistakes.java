package dev.settle.app.cli.grammar;

import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.core.text.ShellText;
import dev.settle.core.text.Suggest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What was probably meant by the arguments of a command that could not be parsed, in one or two lines. */
public final class OptionMistakes {
    private OptionMistakes() {}

    /**
     * Words a failed parse.
     *
     * @param name the command's, such as {@code watch}
     * @param args those after the command's name
     * @param others all commands, to look for an option that belongs to another one
     */
    public static Failure of(
            ParameterException e, String name, List<String> args, Map<String, CommandSpec> others, App app) {
        CommandSpec spec = e.getCommandLine().getCommandSpec();
        String see = "See 'settle " + name + " --help'.";
        if (e instanceof UnmatchedArgumentException unmatched) {
            String word = unmatched.getUnmatched().get(0);
            if (!unmatched.isUnknownOption()) {
                return Failure.usage(tooMany(name, spec, word), see);
            }
            Optional<String> command = commandForm(e.getCommandLine(), name, spec, args, app);
            String option = word.replaceFirst("(?s)=.*", "");
            return Failure.usage(unknown(name, spec, option, others), command.orElse(see));
        }
        Optional<OptionSpec> option = optionOf(e);
        if (option.isPresent()) {
            boolean flag = option.get().type() == boolean.class;
            String names = option.get().longestName();
            return flag
                    ? Failure.usage(names + " takes no value.", see)
                    : Failure.usage(names + " needs a value, such as " + LikelyValue.written(option.get()) + ".", see);
        }
        String text = String.valueOf(e.getMessage());
        return Failure.usage(text.endsWith(".") ? text : text + ".", see);
    }

    private static Optional<OptionSpec> optionOf(ParameterException e) {
        ArgSpec arg = e.getArgSpec();
        if (arg == null
                && e instanceof MissingParameterException missing
                && !missing.getMissing().isEmpty()) {
            arg = missing.getMissing().get(0);
        }
        return arg instanceof OptionSpec option ? Optional.of(option) : Optional.empty();
    }

    private static String tooMany(String name, CommandSpec spec, String word) {
        String shown = "'" + Mistakes.shown(word) + "'";
        List<PositionalParamSpec> words = spec.positionalParameters();
        return words.isEmpty()
                ? name + " takes options only, so " + shown + " is one word too many."
                : name + " takes one " + words.get(0).paramLabel() + ", so " + shown + " is one word too many.";
    }

    private static String unknown(String name, CommandSpec spec, String word, Map<String, CommandSpec> others) {
        String no = name + " has no option '" + Mistakes.shown(word) + "'";
        List<String> own = names(spec);
        Optional<String> near = Suggest.nearest(word, own);
        boolean sameLetters = near.isPresent() && letters(near.get()).equals(letters(word));
        List<String> elsewhere = sameLetters ? List.of() : owners(word, others);
        if (!elsewhere.isEmpty()) {
            return no + "; it is an option of " + String.join(", ", elsewhere) + ".";
        }
        return near.isPresent() ? no + ". Did you mean '" + near.get() + "'?" : no + ".";
    }

    /** All names that the help shows. */
    private static List<String> names(CommandSpec spec) {
        List<String> names = new ArrayList<>();
        for (OptionSpec option : spec.options()) {
            if (!option.hidden()) {
                names.addAll(List.of(option.names()));
            }
        }
        return names;
    }

    private static String letters(String option) {
        return option.replaceAll("[-_]", "");
    }

    private static List<String> owners(String word, Map<String, CommandSpec> commands) {
        List<String> owners = new ArrayList<>();
        commands.forEach((name, spec) -> {
            if (names(spec).contains(word)) {
                owners.add(name);
            }
        });
        return owners;
    }

    /** An option of a program that was named without a {@code --} before it: the whole line as it was probably meant. */
    private static Optional<String> commandForm(
            CommandLine line, String name, CommandSpec spec, List<String> args, App app) {
        boolean takesCommands = spec.positionalParameters().stream()
                .anyMatch(words -> ValueForm.places(words.paramLabel(), 1).command());
        if (!takesCommands || args.contains("--")) {
            return Optional.empty();
        }
        int at;
        try {
            List<String> words = new ArrayList<>();
            line.setStopAtPositional(true)
                    .parseArgs(args.toArray(String[]::new))
                    .matchedPositionals()
                    .forEach(each -> words.addAll(each.originalStringValues()));
            at = args.size() - words.size();
        } catch (ParameterException e) {
            // The option that is unknown comes first, so it is settle's.
            return Optional.empty();
        }
        if (at >= args.size()
                || app.environment().directory().resolve(args.get(at)).toFile().exists()) {
            return Optional.empty();
        }
        List<String> settle = new ArrayList<>(List.of("settle", name));
        settle.addAll(args.subList(0, at));
        settle.add("--");
        settle.addAll(args.subList(at, args.size()));
        return Optional.of("To run a command, write -- before it: " + ShellText.join(settle));
    }
}
