package dev.settle.app.cli;

import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle completion}: a script that completes settle's words in a shell, made from the commands themselves. */
final class CompletionCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Options.of(
                        "completion",
                        "bash|zsh|fish",
                        "Prints a script that completes settle's words; bash: source <(settle completion bash)")
                .word("SHELL", "bash, zsh or fish.")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) {
        String shell = Options.words(args).stream().findFirst().orElse("");
        switch (shell) {
            // picocli's script turns bash completion on in zsh by itself.
            case "bash", "zsh" -> app.console().out(AutoComplete.bash("settle", root()) + "\n");
            case "fish" -> app.console().out(fish());
            default ->
                throw Failure.usage(
                        shell.isEmpty() ? "completion for which shell?" : "no completion for '" + shell + "'",
                        "Write: settle completion bash, zsh or fish.");
        }
        return ExitStatus.COMPLETED;
    }

    private static CommandLine root() {
        CommandLine root = new CommandLine(CommandSpec.create().name("settle"));
        for (String name : Commands.names()) {
            CommandSpec spec = Commands.find(name).orElseThrow().spec();
            root.addSubcommand(name, spec.name(name));
        }
        return root;
    }

    private static String fish() {
        StringBuilder script = new StringBuilder();
        for (String name : Commands.names()) {
            CommandSpec spec = Commands.find(name).orElseThrow().spec();
            script.append("complete -c settle -n __fish_use_subcommand -a ")
                    .append(name)
                    .append(" -d ")
                    .append(quoted(spec.usageMessage().description()))
                    .append('\n');
            for (OptionSpec option : spec.options()) {
                script.append("complete -c settle -n '__fish_seen_subcommand_from ")
                        .append(name)
                        .append("' -l ")
                        .append(option.longestName().substring(2))
                        .append(option.arity().max() > 0 ? " -r" : "")
                        .append(" -d ")
                        .append(quoted(option.description()))
                        .append('\n');
            }
        }
        return script.toString();
    }

    private static String quoted(String... words) {
        return "'" + String.join(" ", List.of(words)).replace("'", "\\'") + "'";
    }
}
