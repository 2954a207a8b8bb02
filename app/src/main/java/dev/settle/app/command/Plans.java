package dev.settle.app.command;

import dev.settle.app.config.Configuration;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.session.Backends;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.PlanSource;
import dev.settle.core.runfile.CommandLine;
import dev.settle.core.runfile.ReadContext;
import dev.settle.core.runfile.ReadResult;
import dev.settle.core.runfile.RunFiles;
import dev.settle.core.runfile.tree.Problem;
import dev.settle.core.text.ShellText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.ParseResult;

/** From the arguments of run, submit and validate to a plan, or to all its problems at once. */
final class Plans {
    private static final List<String> ITEM_OPTIONS =
            List.of("name", "cpus", "memory", "gpus", "time", "partition", "account", "qos", "chdir");

    private Plans() {}

    static Options declare(Options options) {
        return options.value("--name", "NAME", "With a command: the run's name.")
                .value("--cpus", "N", "With a command: cores.")
                .value("--memory", "SIZE", "With a command: memory, such as 2G.")
                .value("--gpus", "N", "With a command: GPUs.")
                .value("--time", "D", "With a command: the scheduler's time limit.")
                .value("--partition", "NAME", "With a command: partition.")
                .value("--account", "NAME", "With a command: account.")
                .value("--qos", "NAME", "With a command: QOS.")
                .value("--chdir", "DIR", "With a command: its working directory.")
                .values("--env", "K=V", "With a command: sets a variable; may be given often.")
                .value("--max-failures", "N", "Start no further item after N failed; the run then ends as failed.")
                .flag("--dry-run", "Parse, expand and print the plan; touch nothing.")
                .words(
                        "FILE [ARG...] | -- CMD ARG...",
                        "A run file, or an sbatch script and its arguments; - for standard input; or, after --, a command.");
    }

    /**
     * Reads the plan.
     *
     * @param backend what the option says
     */
    static Plan read(ParseResult args, App app, Optional<BackendName> backend) {
        List<String> words = Options.words(args);
        ReadContext around = surroundings(app, app.environment().directory(), backend);
        if (words.isEmpty()) {
            boolean dashes = args.originalArgs().contains("--");
            throw Failure.usage(dashes ? "nothing stands after --" : "a run file is missing", forms(args));
        }
        OptionalInt most = takesCommands(args) ? Options.count(args, "--max-failures") : OptionalInt.empty();
        Optional<Path> file = ScriptArguments.file(words.get(0), app);
        int dashes = args.originalArgs().indexOf("--");
        int before =
                dashes < 0 ? words.size() : words.size() - (args.originalArgs().size() - dashes - 1);
        if (dashes >= 0 && before > 0 && file.filter(RunFiles::isScript).isEmpty()) {
            // Taken for the command it would fail, or worse, run something of that name.
            throw Failure.usage(
                    "'" + words.get(0) + "' stands before --, and a command after it: which is to run?", forms(args));
        }
        if (before == 0) {
            if (!takesCommands(args)) {
                throw Failure.usage("a command cannot be validated", forms(args));
            }
            SbatchLines.warn(args, words, app);
            return withMaxFailures(accept(commandLine(args, words).read(around), app), most);
        }
        for (String option : ITEM_OPTIONS) {
            if (Options.has(args, "--" + option)) {
                throw Failure.usage("--" + option + " goes with a command after --; in a run file it is a key.");
            }
        }
        // As for cat(1): the run file comes from the other end of a pipe.
        boolean piped = words.get(0).equals("-");
        if (!piped && file.filter(Files::exists).isEmpty()) {
            throw Failure.usage("there is no run file " + words.get(0), commandForm(args, words));
        }
        Path path = piped ? Path.of("/dev/stdin") : file.orElseThrow();
        List<String> arguments = ScriptArguments.of(args, words, app);
        Plan plan = withMaxFailures(accept(RunFiles.read(path, arguments, around), app), most);
        return Files.isRegularFile(path) ? plan.withSource(new PlanSource(path.toString(), arguments, most)) : plan;
    }

    static Plan withMaxFailures(Plan plan, OptionalInt most) {
        return most.isPresent() ? plan.withMaxFailures(most.getAsInt()) : plan;
    }

    /** @param directory where the run is created */
    static ReadContext surroundings(App app, Path directory, Optional<BackendName> backend) {
        Configuration configuration = Configuration.read(app.environment());
        return new ReadContext(directory, app.environment().home(), planned -> Backends.choose(
                        backend,
                        planned,
                        configuration,
                        path(app),
                        app.environment().variables())
                .word());
    }

    /** Validate has files only. */
    private static boolean takesCommands(ParseResult args) {
        return args.commandSpec().findOption("--dry-run") != null;
    }

    private static String forms(ParseResult args) {
        String name = args.commandSpec().name();
        return takesCommands(args)
                ? "Write: " + name + " FILE, or: " + name + " -- CMD ARG..."
                : "Write: " + name + " FILE";
    }

    /** For who left the -- out. */
    private static String commandForm(ParseResult args, List<String> words) {
        return takesCommands(args)
                ? "To run a command, write -- before it: " + args.commandSpec().name() + " -- " + ShellText.join(words)
                : forms(args);
    }

    private static CommandLine commandLine(ParseResult args, List<String> words) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String name : ITEM_OPTIONS) {
            Options.text(args, "--" + name).ifPresent(value -> options.put(name, value));
        }
        return new CommandLine(words, options, Options.texts(args, "--env"));
    }

    static String path(App app) {
        return app.environment().variable("PATH").orElse("/usr/local/bin:/usr/bin:/bin");
    }

    /** @throws Failure with all problems at once */
    static Plan accept(ReadResult reading, App app) {
        for (Problem warning : reading.warnings()) {
            app.console().notice("settle: warning: " + warning);
        }
        if (reading.plan().isEmpty()) {
            List<String> lines = new ArrayList<>();
            int count = reading.problems().size();
            lines.add(
                    count == 1
                            ? "the run cannot be accepted:"
                            : "the run cannot be accepted, for " + count + " reasons:");
            reading.problems().forEach(problem -> lines.add("  " + problem));
            lines.add("nothing was created");
            throw new Failure(ExitStatus.USAGE, lines);
        }
        return reading.plan().orElseThrow();
    }
}
