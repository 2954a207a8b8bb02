package dev.settle.app.cli;

import dev.settle.app.cli.completion.Completion;
import dev.settle.app.cli.completion.CompletionScript;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle completion}: a shell completion script, made from the commands themselves. */
final class CompletionCommand implements Command {
    private static final String SHELLS = "bash|zsh|fish";

    private final Supplier<Map<String, CommandSpec>> commands;

    /** @param commands what all commands declare, by their names */
    CompletionCommand(Supplier<Map<String, CommandSpec>> commands) {
        this.commands = commands;
    }

    @Override
    public CommandSpec spec() {
        return Options.of("completion", SHELLS, "Prints a shell completion script.")
                .word(SHELLS, "The shell; it reads the script as the examples show.")
                .examples(
                        "source <(settle completion bash)    # in ~/.bashrc",
                        "source <(settle completion zsh)     # in ~/.zshrc",
                        "settle completion fish > ~/.config/fish/completions/settle.fish")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) {
        Optional<String> word = Options.words(args).stream().findFirst();
        if (word.isEmpty()) {
            throw Failure.usage("completion for which shell?", "Write: settle completion " + own(app).orElse(SHELLS));
        }
        String script = CompletionScript.of(Completion.of(commands.get()), shell(word.get(), app));
        app.console().out(script);
        return ExitStatus.COMPLETED;
    }

    private static CompletionScript.Shell shell(String word, App app) {
        return switch (word) {
            case "bash" -> CompletionScript.Shell.BASH;
            case "zsh" -> CompletionScript.Shell.ZSH;
            case "fish" -> CompletionScript.Shell.FISH;
            default ->
                throw Failure.usage(
                        "there is no completion for '" + word + "'.",
                        "Write: settle completion " + own(app).orElse(SHELLS));
        };
    }

    /** The user's own shell, where it is one of the three. */
    private static Optional<String> own(App app) {
        return app.environment()
                .variable("SHELL")
                .filter(shell -> !shell.endsWith("/"))
                .map(shell -> String.valueOf(Path.of(shell).getFileName()))
                .filter(List.of("bash", "zsh", "fish")::contains);
    }
}
