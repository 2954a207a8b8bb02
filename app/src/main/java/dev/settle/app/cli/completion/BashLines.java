package dev.settle.app.cli.completion;

import dev.settle.app.cli.grammar.ValueForm;
import dev.settle.core.text.ShellText;
import java.util.ArrayList;
import java.util.List;

/**
 * What a bash function is told: a branch per command that sets {@code options} (all names), {@code valued} (those that take
 * a value, each between blanks), {@code places} (a source per word), {@code more} (a source of all further words) and
 * {@code runs_commands}, and one that sets the source of an option's value.
 *
 * <p>A source is {@code files}, {@code dirs}, {@code runs}, {@code items}, {@code none}, or words: {@code =local slurm}.
 */
final class BashLines {
    private BashLines() {}

    static void of(Completion completion, StringBuilder out) {
        List<String> names = new ArrayList<>();
        completion.commands().forEach(command -> names.add(command.name()));
        out.append("_settle_commands=").append(quoted(names)).append("\n\n");
        out.append("_settle_command() {\n  case $1 in\n");
        completion.commands().forEach(command -> command(command, out));
        out.append("    *) return 1 ;;\n  esac\n}\n\n");
        out.append("_settle_value() {\n  case \"$1 $2\" in\n");
        for (Completion.Command command : completion.commands()) {
            for (Completion.Option option : command.options()) {
                option.value().ifPresent(form -> {
                    List<String> patterns = new ArrayList<>();
                    option.names().forEach(name -> patterns.add("\"" + command.name() + " " + name + "\""));
                    out.append("    ")
                            .append(String.join(" | ", patterns))
                            .append(") source=")
                            .append(ShellText.inQuotes(source(form)))
                            .append(" ;;\n");
                });
            }
        }
        out.append("    *) source=none ;;\n  esac\n}\n");
    }

    private static void command(Completion.Command command, StringBuilder out) {
        List<String> options = new ArrayList<>();
        List<String> valued = new ArrayList<>();
        for (Completion.Option option : command.options()) {
            options.addAll(option.names());
            option.value().ifPresent(form -> valued.addAll(option.names()));
        }
        List<String> places = new ArrayList<>();
        command.words().places().forEach(form -> places.add(ShellText.inQuotes(source(form))));
        boolean repeats = command.words().repeats() && !places.isEmpty();
        out.append("    ").append(command.name()).append(")\n");
        out.append("      options=").append(quoted(options)).append('\n');
        out.append("      valued=")
                .append(ShellText.inQuotes(" " + String.join(" ", valued) + " "))
                .append('\n');
        out.append("      places=(").append(String.join(" ", places)).append(")\n");
        out.append("      more=")
                .append(repeats ? places.get(places.size() - 1) : "none")
                .append('\n');
        out.append("      runs_commands=")
                .append(command.words().command() ? "yes" : "")
                .append("\n      ;;\n");
    }

    private static String quoted(List<String> words) {
        return ShellText.inQuotes(String.join(" ", words));
    }

    private static String source(ValueForm form) {
        return switch (form.kind()) {
            case FILE -> "files";
            case DIRECTORY -> "dirs";
            case RUN -> "runs";
            case ITEM -> "items";
            case WORDS -> "=" + String.join(" ", form.words());
            case ANY -> "none";
        };
    }
}
