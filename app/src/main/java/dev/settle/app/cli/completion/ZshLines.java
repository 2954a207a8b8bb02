package dev.settle.app.cli.completion;

import dev.settle.app.cli.grammar.ValueForm;
import dev.settle.core.text.ShellText;
import java.util.List;

/** The commands with their sentences, and a branch per command that hands its options and words to {@code _arguments}. */
final class ZshLines {
    private ZshLines() {}

    static void of(Completion completion, StringBuilder out) {
        out.append("_settle_commands() {\n  local -a commands=(\n");
        for (Completion.Command command : completion.commands()) {
            // Of what _describe is given, the first colon ends the word.
            out.append("    ")
                    .append(ShellText.inQuotes(command.name() + ":" + command.summary()))
                    .append('\n');
        }
        out.append("  )\n  _describe -t commands command commands\n}\n\n");
        out.append("_settle_command() {\n  case $1 in\n");
        completion.commands().forEach(command -> command(command, out));
        out.append("    *) _files ;;\n  esac\n}\n");
    }

    private static void command(Completion.Command command, StringBuilder out) {
        out.append("    ").append(command.name()).append(")\n      _arguments -s -S");
        for (Completion.Option option : command.options()) {
            for (String name : option.names()) {
                out.append(" \\\n        ").append(ShellText.inQuotes(option(option, name)));
            }
        }
        List<ValueForm> places = command.words().places();
        for (int i = 0; i < places.size(); i++) {
            boolean rest = i == places.size() - 1 && command.words().repeats();
            String place = (rest ? "*" : i + 1) + ":" + word(places.get(i)) + ":" + action(places.get(i));
            out.append(" \\\n        ").append(ShellText.inQuotes(place));
        }
        out.append("\n      ;;\n");
    }

    /** {@code (-q --quiet)-q[what it does]}; the list before a name says what it cannot be given together with. */
    private static String option(Completion.Option option, String name) {
        boolean isHelp = option.names().contains("--help");
        String not = option.repeats()
                ? "*"
                : isHelp ? "(- *)" : option.names().size() > 1 ? "(" + String.join(" ", option.names()) + ")" : "";
        boolean letter = !name.startsWith("--");
        String value = option.value()
                .map(form ->
                        (letter ? "+" : "=") + described(option) + ":" + escaped(option.label()) + ":" + action(form))
                .orElseGet(() -> described(option));
        return not + name + value;
    }

    private static String described(Completion.Option option) {
        return "[" + escaped(option.summary()) + "]";
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("[", "\\[")
                .replace("]", "\\]")
                .replace(":", "\\:");
    }

    private static String word(ValueForm form) {
        return switch (form.kind()) {
            case FILE -> "file";
            case DIRECTORY -> "directory";
            case RUN -> "run";
            case ITEM -> "item";
            case WORDS, ANY -> "word";
        };
    }

    private static String action(ValueForm form) {
        return switch (form.kind()) {
            case FILE -> "_files";
            case DIRECTORY -> "_files -/";
            case RUN -> "_settle_runs";
            case ITEM -> "_settle_items";
            case WORDS -> "(" + String.join(" ", form.words()) + ")";
            case ANY -> " ";
        };
    }
}
