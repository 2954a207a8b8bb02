package dev.settle.app.cli;

import dev.settle.app.cli.grammar.LikelyValue;
import dev.settle.app.cli.grammar.ValueForm;
import dev.settle.app.cli.help.CommandHelp;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.core.text.Durations;
import dev.settle.core.text.Suggest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * Builds a command's options and reads their values, with errors that name the option and the fix.
 *
 * <p>Labels mean something ({@link ValueForm}): an option whose value is a {@code FILE}, an {@code ITEM} or {@code a|b} is
 * completed as one. An option that is usual under a letter ({@code --quiet}, {@code --follow}, {@code --tail},
 * {@code --limit}, {@code --output}) has that letter in every command.
 */
final class Options {
    /** Headings of the help, in its order; options without one come first. */
    static final String OWN = CommandHelp.FIRST;

    static final String JOB = "With a command after --";
    static final String NEW_ATTEMPTS = "New attempts ask for";
    static final String QUEUE = "Step queue";
    static final String MANAGING = "Scheduler";
    static final String OUTPUT = CommandHelp.LAST;

    /** Options that other commands have and that change nothing here: scripts may give them, the help does not list them. */
    static final String ACCEPTED = "";

    private final CommandSpec spec;
    private String heading = OWN;
    private final Map<String, String> exits = new LinkedHashMap<>();

    private Options(CommandSpec spec) {
        this.spec = spec;
    }

    /**
     * The options of a command.
     *
     * @param synopsis what follows its name; of several forms the further ones begin with {@code | settle NAME}
     * @param description what it does, in one sentence
     */
    static Options of(String name, String synopsis, String description) {
        CommandSpec spec = CommandSpec.create().name("settle " + name);
        spec.usageMessage().customSynopsis("settle " + name + " " + synopsis).description(description);
        Options options = new Options(spec);
        spec.addOption(OptionSpec.builder("-h", "--help")
                .type(boolean.class)
                .usageHelp(true)
                .description("Show this help.")
                .build());
        return options;
    }

    /** The options that are declared from here on stand under a heading of the help. */
    Options under(String newHeading) {
        heading = newHeading;
        return this;
    }

    Options flag(String name, String description) {
        spec.addOption(option(List.of(name), description).type(boolean.class).build());
        return this;
    }

    Options value(String name, String label, String description) {
        return value(List.of(name), label, description);
    }

    /** An option with a value that has several names. */
    Options value(List<String> names, String label, String description) {
        spec.addOption(option(names, description)
                .type(String.class)
                .arity("1")
                .paramLabel(label)
                .build());
        return this;
    }

    /** An option that may be given more than once. */
    Options values(String name, String label, String description) {
        spec.addOption(option(List.of(name), description)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1")
                .paramLabel(label)
                .build());
        return this;
    }

    private OptionSpec.Builder option(List<String> names, String description) {
        return OptionSpec.builder(withLetter(names).toArray(new String[0]))
                .description(description)
                .hidden(heading.equals(ACCEPTED))
                .userObject(heading);
    }

    /** A letter means the same in every command. */
    private static List<String> withLetter(List<String> names) {
        String name = names.get(0);
        String letter =
                switch (name) {
                    case "--quiet" -> "-q";
                    case "--follow" -> "-f";
                    case "--tail", "--limit" -> "-n";
                    case "--output" -> "-o";
                    default -> "";
                };
        return letter.isEmpty() || names.size() > 1 ? names : List.of(letter, name);
    }

    /** At most one word besides the options; a second one is refused, not passed over. */
    Options word(String label, String description) {
        return words(label, "0..1", "0", description);
    }

    /** At most two words besides the options. */
    Options upToTwoWords(String label, String description) {
        return words(label, "0..2", "0..1", description);
    }

    /** Any number of words besides the options. */
    Options words(String label, String description) {
        return words(label, "0..*", "0..*", description);
    }

    private Options words(String label, String arity, String index, String description) {
        spec.addPositional(PositionalParamSpec.builder()
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity(arity)
                .index(index)
                .paramLabel(label)
                .description(description)
                .build());
        return this;
    }

    /** Command lines that show what the command is good for. */
    Options examples(String... lines) {
        spec.usageMessage().footer(lines);
        return this;
    }

    /** Exit statuses that the command's help lists. */
    Options exits(ExitStatus... statuses) {
        for (ExitStatus status : statuses) {
            exit(status, status.meaning());
        }
        return this;
    }

    /** An exit status that means something particular here. */
    Options exit(ExitStatus status, String meaning) {
        exits.put(String.valueOf(status.code()), meaning);
        spec.usageMessage().exitCodeList(exits);
        return this;
    }

    CommandSpec spec() {
        return spec;
    }

    static boolean has(ParseResult args, String name) {
        return args.hasMatchedOption(name);
    }

    static Optional<String> text(ParseResult args, String name) {
        return Optional.ofNullable(args.matchedOptionValue(name, (String) null));
    }

    static List<String> texts(ParseResult args, String name) {
        List<String> values = args.matchedOptionValue(name, List.of());
        return values;
    }

    static List<String> words(ParseResult args) {
        return args.hasMatchedPositional(0) ? args.matchedPositionalValue(0, List.of()) : List.of();
    }

    /**
     * The options that were given, with their values, as a command line has them.
     *
     * @param kept decides by an option's longest name
     */
    static List<String> given(ParseResult args, Predicate<String> kept) {
        List<String> words = new ArrayList<>();
        for (OptionSpec option : new LinkedHashSet<>(args.matchedOptions())) {
            String name = option.longestName();
            if (!kept.test(name)) {
                continue;
            }
            if (option.type() == boolean.class) {
                words.add(name);
            } else if (option.isMultiValue()) {
                texts(args, name).forEach(value -> words.addAll(List.of(name, value)));
            } else {
                words.addAll(List.of(name, text(args, name).orElse("")));
            }
        }
        return words;
    }

    /** The words of a list with commas, which may also be given in several options. */
    static Set<String> wordsOf(ParseResult args, String name, List<String> allowed) {
        Set<String> words = new LinkedHashSet<>();
        for (String list : texts(args, name)) {
            for (String word : list.split(",", -1)) {
                if (!allowed.contains(word)) {
                    String near = Suggest.nearest(word, allowed)
                            .map(each -> "did you mean " + each + "? ")
                            .orElse("");
                    throw Failure.usage(name + ": '" + word + "' is not one of them; " + near + "The words are "
                            + String.join(", ", allowed) + ".");
                }
                words.add(word);
            }
        }
        return words;
    }

    static Optional<Duration> duration(ParseResult args, String name) {
        return text(args, name).map(value -> Durations.parse(value).orElseThrow(() -> notADuration(args, name, value)));
    }

    private static Failure notADuration(ParseResult args, String name, String value) {
        return Failure.usage(name + ": \"" + value + "\" is not a duration; "
                + Durations.correction(value)
                        .map(better -> "write " + better)
                        .orElseGet(() -> "write " + likely(args, name)));
    }

    /** The option with a value that somebody may want to give it: {@code --port 8080}. */
    static String likely(ParseResult args, String name) {
        return LikelyValue.written(args.commandSpec().findOption(name));
    }

    /** One of the values that the option's label lists, {@code local|slurm}; others are refused. */
    static Optional<String> choice(ParseResult args, String name) {
        Optional<String> value = text(args, name);
        if (value.isEmpty()) {
            return value;
        }
        List<String> words =
                ValueForm.of(args.commandSpec().findOption(name).paramLabel()).words();
        if (words.contains(value.get())) {
            return value;
        }
        throw Failure.usage(name + ": there is no \"" + value.get() + "\"; write "
                + words.stream().map(word -> name + " " + word).collect(Collectors.joining(" or ")));
    }

    static OptionalInt count(ParseResult args, String name) {
        Optional<String> value = text(args, name);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            int number = Integer.parseInt(value.get());
            if (number >= 1) {
                return OptionalInt.of(number);
            }
        } catch (NumberFormatException e) {
            throw Failure.usage(name + ": \"" + value.get() + "\" is not a whole number; write " + likely(args, name));
        }
        throw Failure.usage(name + ": " + value.get() + " is not a number above 0; write " + likely(args, name));
    }
}
