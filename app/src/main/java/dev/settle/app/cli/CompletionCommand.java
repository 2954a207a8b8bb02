package dev.settle.app.cli;

import dev.settle.app.cli.completion.Completion;
import dev.settle.app.cli.completion.CompletionScript;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunState;
import dev.settle.core.text.PlainText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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

    /**
     * {@code settle __complete}, called by completion scripts and not by users: the runs there are, or the items of one. A line
     * is a value, a tab, and a few words about it. A name that is no plain text is left out: nothing that somebody called a
     * run ever acts on a terminal, and none of it can look like another value.
     */
    static final class Values implements Command {
        static final String NAME = "__complete";

        private static final char TAB = '\t';
        private static final int RUNS_MAX = 200;

        /** More of them are offered only once the word has begun. */
        private static final int ITEMS_MAX = 500;

        @Override
        public CommandSpec spec() {
            return Options.of(
                            NAME,
                            "runs | settle __complete items [RUN [PREFIX]]",
                            "Lists values for completion scripts.")
                    .words("WHAT [RUN [PREFIX]]", "runs, or items and the run that has them.")
                    .spec();
        }

        @Override
        public ExitStatus run(ParseResult args, App app) {
            List<String> words = Options.words(args);
            String what = words.isEmpty() ? "" : words.get(0);
            Runs runs = new Runs(app);
            Map<String, String> values =
                    switch (what) {
                        case "runs" -> runs(runs);
                        case "items" -> items(runs, words.subList(1, words.size()));
                        default -> throw Failure.usage("there are no values of '" + what + "'.");
                    };
            StringBuilder lines = new StringBuilder();
            values.forEach((value, about) -> {
                if (isPlain(value)) {
                    // The tab is ours; one in the words about a value would be shown as \t.
                    lines.append(value)
                            .append(TAB)
                            .append(PlainText.oneLine(about))
                            .append('\n');
                }
            });
            byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
            app.console().bytes(bytes, bytes.length);
            return ExitStatus.COMPLETED;
        }

        /** Names first, since people remember those, then ids; the newest first. */
        private static Map<String, String> runs(Runs runs) {
            Map<String, String> names = new LinkedHashMap<>();
            Map<String, String> ids = new LinkedHashMap<>();
            for (RunFolder folder : runs.list().stream().limit(RUNS_MAX).toList()) {
                String id = folder.id().value();
                String name = name(runs, folder).orElse("");
                ids.put(id, name);
                names.putIfAbsent(name, id);
            }
            names.remove("");
            ids.forEach(names::putIfAbsent);
            return names;
        }

        private static Optional<String> name(Runs runs, RunFolder folder) {
            try {
                return runs.home().nameOf(folder);
            } catch (IOException e) {
                // It is found by its id.
                return Optional.empty();
            }
        }

        private static Map<String, String> items(Runs runs, List<String> words) {
            Optional<String> run = words.stream().findFirst().filter(word -> !word.isEmpty());
            String prefix = words.size() > 1 ? words.get(1) : "";
            RunState state = runs.open(runs.find(run)).state();
            boolean many = state.items().size() > ITEMS_MAX;
            Map<String, String> values = new LinkedHashMap<>();
            Map<String, Integer> matrices = new LinkedHashMap<>();
            for (Item item : state.items()) {
                String id = item.id().value();
                if (many && !id.startsWith(prefix)) {
                    continue;
                }
                if (values.size() < ITEMS_MAX) {
                    values.put(id, item.state().word());
                }
                int bracket = id.indexOf('[');
                if (bracket > 0) {
                    matrices.merge(id.substring(0, bracket), 1, Integer::sum);
                }
            }
            Map<String, String> all = new LinkedHashMap<>();
            matrices.forEach((id, count) -> all.put(id, "all " + count + " of them"));
            all.putAll(values);
            return all;
        }

        private static boolean isPlain(String value) {
            return !value.isEmpty()
                    && !value.startsWith("-")
                    && PlainText.oneLine(value).equals(value);
        }
    }
}
