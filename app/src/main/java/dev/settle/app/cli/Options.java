package dev.settle.app.cli;

import dev.settle.app.process.Failure;
import dev.settle.core.text.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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
        return flag(List.of(name), description);
    }

    /** A flag that has several names. */
    Options flag(List<String> names, String description) {
        spec.addOption(OptionSpec.builder(names.toArray(String[]::new))
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
