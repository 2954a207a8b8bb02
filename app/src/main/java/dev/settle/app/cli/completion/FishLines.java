package dev.settle.app.cli.completion;

import dev.settle.app.cli.grammar.ValueForm;
import java.util.ArrayList;
import java.util.List;

/** A line of {@code complete} per command, option and place of a word. */
final class FishLines {
    private FishLines() {}

    static void of(Completion completion, StringBuilder out) {
        out.append("function __settle_valued\n    switch $argv[1]\n");
        for (Completion.Command command : completion.commands()) {
            List<String> valued = new ArrayList<>();
            command.options().forEach(option -> option.value().ifPresent(form -> valued.addAll(option.names())));
            if (!valued.isEmpty()) {
                out.append("        case ").append(command.name()).append("\n            printf '%s\\n' ");
                out.append(String.join(" ", valued)).append('\n');
            }
        }
        out.append("    end\nend\n\n");
        for (Completion.Command command : completion.commands()) {
            out.append("complete -c settle -n __settle_needs_command -a ")
                    .append(command.name())
                    .append(" -d ")
                    .append(quoted(command.summary()))
                    .append('\n');
            command.options().forEach(option -> option(command, option, out));
            words(command, out);
        }
    }

    private static void option(Completion.Command command, Completion.Option option, StringBuilder out) {
        out.append("complete -c settle -n '__settle_using ")
                .append(command.name())
                .append('\'');
        for (String name : option.names()) {
            out.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        option.value().ifPresent(form -> out.append(" -r").append(values(form)));
        out.append(" -d ").append(quoted(option.summary())).append('\n');
    }

    private static void words(Completion.Command command, StringBuilder out) {
        List<ValueForm> places = command.words().places();
        for (int i = 0; i < places.size(); i++) {
            boolean rest = i == places.size() - 1 && command.words().repeats();
            String values = values(places.get(i));
            if (!values.isEmpty()) {
                out.append("complete -c settle -n '__settle_at ")
                        .append(command.name())
                        .append(' ')
                        .append(i + 1)
                        .append(rest ? " more" : "")
                        .append('\'')
                        .append(values)
                        .append('\n');
            }
        }
        if (command.words().command()) {
            out.append("complete -c settle -n '__settle_runs_command ")
                    .append(command.name())
                    .append("' -a '(__settle_command_line)'\n");
        }
    }

    private static String values(ValueForm form) {
        return switch (form.kind()) {
            case FILE -> " -F";
            case DIRECTORY -> " -f -a '(__fish_complete_directories (commandline -ct) \"\")'";
            case RUN -> " -f -k -a '(__settle_list runs)'";
            case ITEM -> " -f -k -a '(__settle_items)'";
            case WORDS -> " -f -k -a " + quoted(String.join(" ", form.words()));
            case ANY -> " -f";
        };
    }

    /** In single quotes fish reads only a backslash and the quote itself. */
    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
