package dev.settle.app.cli.grammar;

import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.core.runfile.RunFiles;
import dev.settle.core.text.ShellText;
import dev.settle.core.text.Suggest;
import java.io.File;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was probably meant by a first word that is no command. */
public final class Mistakes {
    /** Longer words are cut where they are shown: a message is one or two lines. */
    private static final int SHOWN_MAX = 60;

    /** What people who know other tools type. */
    private static final Map<String, String> ELSEWHERE = Map.ofEntries(
            Map.entry("ls", "list"),
            Map.entry("ps", "list"),
            Map.entry("runs", "list"),
            Map.entry("show", "status"),
            Map.entry("info", "status"),
            Map.entry("queue", "status"),
            Map.entry("start", "run"),
            Map.entry("exec", "run"),
            Map.entry("sbatch", "submit"),
            Map.entry("kill", "cancel"),
            Map.entry("stop", "cancel"),
            Map.entry("abort", "cancel"),
            Map.entry("follow", "watch"),
            Map.entry("attach", "watch"),
            Map.entry("tail", "logs"),
            Map.entry("output", "logs"),
            Map.entry("why", "explain"),
            Map.entry("retry", "resume"),
            Map.entry("rerun", "resume"),
            Map.entry("restart", "resume"),
            Map.entry("continue", "resume"),
            Map.entry("delete", "rm"),
            Map.entry("remove", "rm"),
            Map.entry("clean", "prune"),
            Map.entry("gc", "prune"),
            Map.entry("check", "validate"),
            Map.entry("lint", "validate"),
            Map.entry("plan", "validate"));

    private Mistakes() {}

    /**
     * The words of a whole command line, the first of which is no command.
     *
     * @param commands the names of all commands
     * @param topics what {@code settle help} explains besides
     */
    public static Failure command(List<String> words, Collection<String> commands, Collection<String> topics, App app) {
        String first = words.get(0);
        if (first.equals("--")) {
            List<String> command = words.size() > 1 ? words.subList(1, words.size()) : List.of("CMD", "ARG...");
            return Failure.usage("there is no settle command before --.", runCommand(command));
        }
        if (first.startsWith("-") && first.length() > 1) {
            return optionFirst(words, commands);
        }
        String no = "'" + shown(first) + "' is not a settle command.";
        Optional<String> meant = meant(first, commands);
        if (meant.isPresent()) {
            no += " Did you mean 'settle " + meant.get() + "'?";
        } else if (topics.contains(first)) {
            no += " Did you mean 'settle help " + first + "'?";
        }
        Optional<String> run = runs(words, app);
        if (run.isPresent()) {
            return Failure.usage(no, run.get());
        }
        return meant.isPresent() || topics.contains(first)
                ? Failure.usage(no)
                : Failure.usage(no, "See 'settle --help'.");
    }

    /** A word after {@code settle help} that names nothing. */
    public static Failure topic(String word, Collection<String> commands, Collection<String> topics) {
        List<String> all = new ArrayList<>(commands);
        all.addAll(topics);
        String no = "there is no help about '" + shown(word) + "'.";
        return meant(word, all)
                .map(near -> Failure.usage(no + " Did you mean 'settle help " + near + "'?"))
                .orElseGet(() -> Failure.usage(no, "See 'settle help'."));
    }

    private static Failure optionFirst(List<String> words, Collection<String> commands) {
        String first = words.get(0);
        for (int i = 1; i < words.size(); i++) {
            if (commands.contains(words.get(i))) {
                List<String> moved = new ArrayList<>(List.of("settle", words.get(i)));
                moved.addAll(words.subList(0, i));
                moved.addAll(words.subList(i + 1, words.size()));
                return Failure.usage(
                        "options come after the command, not before it.", "Write: " + ShellText.join(moved));
            }
        }
        String no = "there is no option '" + shown(first) + "' without a command.";
        return Suggest.nearest(first, List.of("--help", "--version"))
                .map(near -> Failure.usage(no + " Did you mean '" + near + "'?"))
                .orElseGet(() -> Failure.usage(no, "See 'settle --help'."));
    }

    private static Optional<String> meant(String word, Collection<String> candidates) {
        Optional<String> other = Optional.ofNullable(ELSEWHERE.get(word)).filter(candidates::contains);
        return other.or(() -> Suggest.nearest(word, candidates));
    }

    /** How a file or a program that was named in place of a command is run. */
    private static Optional<String> runs(List<String> words, App app) {
        String first = words.get(0);
        if (first.isEmpty() || first.indexOf('\0') >= 0) {
            return Optional.empty();
        }
        File file = app.environment().directory().resolve(first).toFile();
        boolean document = first.matches(".*\\.(ya?ml|json)");
        if (file.isFile() && (document || RunFiles.isSbatchScript(file.toPath()))) {
            return Optional.of("To run it: settle run " + ShellText.join(words));
        }
        boolean program = first.contains("/")
                ? file.isFile() && file.canExecute()
                : List.of(app.environment().searchPath().split(":", -1)).stream()
                        .map(folder -> new File(folder, first))
                        .anyMatch(each -> each.isFile() && each.canExecute());
        return program ? Optional.of(runCommand(words)) : Optional.empty();
    }

    private static String runCommand(List<String> command) {
        return "To run it as a job: settle run -- "
                + (command.get(0).equals("CMD") ? "CMD ARG..." : ShellText.join(command));
    }

    static String shown(String word) {
        return word.length() <= SHOWN_MAX ? word : word.substring(0, SHOWN_MAX) + "...";
    }
}
