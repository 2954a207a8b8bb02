package dev.settle.app.cli.help;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The help of a command: what it does in one sentence, how it is called, its words and options under headings, examples,
 * and its exit statuses. All of it comes from the command's {@link CommandSpec}: headings are the options' user objects,
 * examples its footer.
 */
public final class CommandHelp {
    /** The heading of options that come first. */
    public static final String FIRST = "Options";

    /** The heading of options that come last, since many commands have them. */
    public static final String LAST = "Output";

    private final CommandSpec spec;

    private CommandHelp(CommandSpec spec) {
        this.spec = spec;
    }

    /** The help as text whose lines end with a line end. */
    public static String of(CommandSpec spec) {
        return new CommandHelp(spec).text();
    }

    /** The command in one sentence. */
    public static String sentence(CommandSpec spec) {
        return String.join(" ", spec.usageMessage().description());
    }

    /** The ways to call a command, each a whole line: {@code settle watch [RUN] [OPTIONS]}. */
    public static List<String> synopses(CommandSpec spec) {
        return List.of(String.join(" ", spec.usageMessage().customSynopsis()).split(" \\| (?=settle )", -1));
    }

    /** The options that users are shown, by heading, {@code --help} last. */
    public static Map<String, List<OptionSpec>> options(CommandSpec spec) {
        Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
        List<OptionSpec> first = new ArrayList<>();
        List<OptionSpec> last = new ArrayList<>();
        groups.put(FIRST, first);
        for (OptionSpec option : spec.options()) {
            String heading = String.valueOf(option.userObject());
            if (!option.hidden() && !option.usageHelp()) {
                (heading.equals(LAST) ? last : groups.computeIfAbsent(heading, each -> new ArrayList<>())).add(option);
            }
        }
        groups.put(LAST, last);
        List<OptionSpec> withHelp = last.isEmpty() ? first : last;
        spec.options().stream().filter(OptionSpec::usageHelp).forEach(withHelp::add);
        groups.values().removeIf(List::isEmpty);
        return groups;
    }

    /** An option's names and its value: {@code -n, --tail N}. */
    public static String label(OptionSpec option) {
        String names = String.join(", ", option.names());
        return option.type() == boolean.class ? names : names + " " + option.paramLabel();
    }

    private String text() {
        StringBuilder out = new StringBuilder();
        Columns.paragraph(out, sentence(spec));
        String lead = "\nUsage: ";
        for (String synopsis : synopses(spec)) {
            out.append(lead).append(synopsis.strip()).append('\n');
            lead = "       ";
        }
        Columns.section(
                out,
                "Arguments",
                spec.positionalParameters().stream()
                        .map(word -> new Columns.Row(word.paramLabel(), String.join(" ", word.description())))
                        .toList());
        options(spec)
                .forEach((heading, options) -> Columns.section(
                        out, heading, options.stream().map(CommandHelp::row).toList()));
        List<Columns.Row> examples = new ArrayList<>();
        for (String line : spec.usageMessage().footer()) {
            examples.add(new Columns.Row(line, ""));
        }
        Columns.section(out, examples.size() == 1 ? "Example" : "Examples", examples);
        List<Columns.Row> exits = new ArrayList<>();
        spec.usageMessage().exitCodeList().forEach((code, meaning) -> exits.add(new Columns.Row(code, meaning)));
        Columns.section(out, "Exit status", exits);
        return out.toString();
    }

    private static Columns.Row row(OptionSpec option) {
        // Long names stand below each other whether or not there is a letter.
        String label = label(option);
        return new Columns.Row(label.startsWith("--") ? "    " + label : label, String.join(" ", option.description()));
    }
}
