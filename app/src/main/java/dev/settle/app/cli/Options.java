package dev.settle.app.cli;

import dev.settle.app.process.Failure;
import dev.settle.core.text.Durations;
import dev.settle.core.text.Suggest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** Builds a command's options and reads their values, with errors that name the option and the fix. */
final class Options {
    private final CommandSpec spec;

    private Options(CommandSpec spec) {
        this.spec = spec;
    }

    static Options of(String name, String synopsis, String description) {
        CommandSpec spec = CommandSpec.create().name("settle " + name);
        spec.usageMessage().customSynopsis("settle " + name + " " + synopsis).description(description);
        spec.usageMessage().optionListHeading("%nOptions:%n").descriptionHeading("%n");
        spec.usageMessage().sortOptions(false).width(100);
        Options options = new Options(spec);
        spec.addOption(OptionSpec.builder("-h", "--help")
                .type(boolean.class)
                .usageHelp(true)
                .description("Show this help.")
                .build());
        return options;
    }

    Options flag(String name, String description) {
        spec.addOption(OptionSpec.builder(name)
                .type(boolean.class)
                .description(description)
                .build());
        return this;
    }

    Options value(String name, String label, String description) {
        return value(List.of(name), label, description);
    }

    /** An option with a value that has several names. */
    Options value(List<String> names, String label, String description) {
        spec.addOption(OptionSpec.builder(names.toArray(String[]::new))
                .type(String.class)
                .arity("1")
                .paramLabel(label)
                .description(description)
                .build());
        return this;
    }

    /** An option that may be given more than once. */
    Options values(String name, String label, String description) {
        spec.addOption(OptionSpec.builder(name)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1")
                .paramLabel(label)
                .description(description)
                .build());
        return this;
    }

    /** At most one word besides the options; a second one is refused, not passed over. */
    Options word(String label, String description) {
        return words(label, "0..1", "0", description);
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
        return text(args, name).map(value -> duration(name, value));
    }

    static Duration duration(String name, String value) {
        return Durations.parse(value).orElseThrow(() -> Failure.usage(name + ": " + Durations.complaint(value)));
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
            throw Failure.usage(name + ": \"" + value.get() + "\" is not a whole number; write " + name + " 4");
        }
        throw Failure.usage(name + ": " + value.get() + " is not a number above 0; write " + name + " 4");
    }
}
