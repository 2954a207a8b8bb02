package dev.settle.app.cli.completion;

import dev.settle.app.cli.grammar.ValueForm;
import dev.settle.app.cli.help.CommandHelp;
import dev.settle.app.cli.help.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What there is to complete: all that the commands declare. */
public record Completion(List<Command> commands) {
    /**
     * A command.
     *
     * @param summary what it does, in one sentence without a full stop
     */
    record Command(String name, String summary, List<Option> options, ValueForm.Places words) {}

    /**
     * An option.
     *
     * @param names letters and words, with their dashes
     * @param label of its value
     * @param value empty for one that takes none
     * @param repeats whether giving it again adds to it
     */
    record Option(List<String> names, String summary, String label, Optional<ValueForm> value, boolean repeats) {}

    public Completion {
        commands = List.copyOf(commands);
    }

    /** All that the commands declare and do not hide, and the topics of the help. */
    public static Completion of(Map<String, CommandSpec> specs) {
        List<Command> commands = new ArrayList<>();
        specs.forEach((name, spec) -> commands.add(command(name, spec)));
        List<String> explained = new ArrayList<>(specs.keySet());
        explained.addAll(Topic.words());
        ValueForm topics = ValueForm.of(String.join("|", explained));
        commands.add(new Command(
                "help",
                "Explains a command or a topic",
                List.of(),
                new ValueForm.Places(List.of(topics), false, false)));
        return new Completion(commands);
    }

    private static Command command(String name, CommandSpec spec) {
        List<Option> options = new ArrayList<>();
        CommandHelp.options(spec).values().forEach(group -> group.forEach(option -> options.add(option(option))));
        List<PositionalParamSpec> words = spec.positionalParameters();
        ValueForm.Places places = words.isEmpty()
                ? new ValueForm.Places(List.of(), false, false)
                : ValueForm.places(
                        words.get(0).paramLabel(), words.get(0).arity().max());
        return new Command(name, unstopped(CommandHelp.sentence(spec)), options, places);
    }

    private static Option option(OptionSpec option) {
        boolean flag = option.type() == boolean.class;
        return new Option(
                List.of(option.names()),
                unstopped(String.join(" ", option.description())),
                option.paramLabel(),
                flag ? Optional.empty() : Optional.of(ValueForm.of(option.paramLabel())),
                option.isMultiValue());
    }

    private static String unstopped(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }
}
