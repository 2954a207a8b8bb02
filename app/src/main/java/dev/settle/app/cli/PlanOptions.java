package dev.settle.app.cli;

import dev.settle.app.creation.PlanRequest;
import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.remote.RemoteCommand;
import dev.settle.core.model.Notify;
import dev.settle.core.model.Plan;
import dev.settle.core.model.QueueSpec;
import dev.settle.core.model.RunChoices;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import picocli.CommandLine.ParseResult;

/** The options that say what is to run: those of run and submit, and the words of validate. */
final class PlanOptions {
    private static final List<String> ITEM_OPTIONS =
            List.of("cpus", "memory", "gpus", "time", "partition", "account", "qos", "chdir", "output", "error");

    /** As for the key name of a run file. */
    private static final int NAME_MAX = 200;

    static final String FETCH = "With --on HOST: bring back the files that match, at the end.";

    private PlanOptions() {}

    static Options declare(Options options) {
        return declareChoices(options)
                .flag("--dry-run", "Parse, expand and print the plan; touch nothing.")
                .value("--max-failures", "N", "Start no further items after N have failed; the run then fails.")
                .value(
                        "--notify",
                        "COMMAND",
                        "Run COMMAND once when the run has ended, with the run document on stdin.")
                .value("--sync", "DIR", "With --on HOST: bring DIR to the host first, and start there.")
                .under(Options.JOB)
                .value("--cpus", "N", "Cores.")
                .value("--memory", "SIZE", "Memory, such as 2G.")
                .value("--gpus", "N", "GPUs.")
                .value("--time", "D", "The scheduler's time limit.")
                .value("--partition", "NAME", "The partition.")
                .value("--account", "NAME", "The account that is charged.")
                .value("--qos", "NAME", "The quality of service.")
                .value("--chdir", "DIR", "The working directory.")
                .value("--output", "FILE", "Where stdout goes; patterns as for sbatch.")
                .value("--error", "FILE", "Where stderr goes.")
                .values("--env", "K=V", "Set a variable, or pass on the exported one named K; may be given often.")
                .under(Options.OWN)
                .words(
                        "FILE [ARG...] | -- CMD ARG...",
                        "A run file (- is stdin), or an sbatch script and its arguments; or, after --, a command.");
    }

    /** What is said in place of a run file; validate has it as well. */
    static Options declareChoices(Options options) {
        return options.value("--name", "NAME", "The run's name.")
                .values("--set", "KEY=VALUE", "Set a parameter of the run file, one of its params; may be given often.")
                .values(
                        "--only",
                        "ITEM",
                        "Run only this item of the file and what it depends on, by id or wildcard; may be given often.");
    }

    static Options declareQueue(Options options) {
        return options.under(Options.QUEUE)
                .value("--save-logs", "DIR", "Keep code, output and an index of every step in DIR.")
                .flag("--apply-best", "Copy the best step's files here after a run that completed.")
                .value("--require-credits", "N", "Refuse to start with fewer than N credits.")
                .under(Options.OWN);
    }

    /** Options that the client of {@code --on} obeys have no meaning without one. */
    static void refuseWithoutHost(ParseResult args) {
        for (String option : RemoteCommand.OF_CLIENT) {
            if (args.commandSpec().findOption(option) != null && Options.has(args, option)) {
                throw Failure.usage(option + " goes with --on; write settle --on HOST "
                        + args.commandSpec().name().replace("settle ", "") + " " + option + " ...");
            }
        }
    }

    static PlanRequest request(ParseResult args) {
        refuseWithoutHost(args);
        List<String> words = Options.words(args);
        boolean takesCommands = args.commandSpec().findOption("--dry-run") != null;
        Map<String, String> itemOptions = new LinkedHashMap<>();
        for (String name : ITEM_OPTIONS) {
            Options.text(args, "--" + name).ifPresent(value -> itemOptions.put(name, value));
        }
        Map<String, String> optionNames = new HashMap<>();
        args.commandSpec().optionsMap().forEach((name, option) -> optionNames.put(name, option.longestName()));
        int dashes = args.originalArgs().indexOf("--");
        return new PlanRequest(
                args.commandSpec().name(),
                takesCommands ? PlanRequest.Accepts.FILES_AND_COMMANDS : PlanRequest.Accepts.FILES,
                words,
                dashes < 0
                        ? OptionalInt.empty()
                        : OptionalInt.of(words.size() - (args.originalArgs().size() - dashes - 1)),
                itemOptions,
                Options.texts(args, "--env"),
                takesCommands ? Options.count(args, "--max-failures") : OptionalInt.empty(),
                choices(args),
                optionNames);
    }

    private static RunChoices choices(ParseResult args) {
        for (String setting : Options.texts(args, "--set")) {
            if (setting.indexOf('=') < 1) {
                throw Failure.usage("--set: '" + setting + "' is not KEY=VALUE; write --set lr=0.1");
            }
        }
        Optional<String> name = Options.text(args, "--name");
        if (name.filter(text -> text.isBlank()
                        || text.length() > NAME_MAX
                        || text.chars().anyMatch(c -> c < ' '))
                .isPresent()) {
            throw Failure.usage(
                    "--name: write one line of at most " + NAME_MAX + " characters, such as --name nightly");
        }
        return new RunChoices(name, RunChoices.params(Options.texts(args, "--set")), Options.texts(args, "--only"));
    }

    /** Whether the words are a command after {@code --}. */
    static boolean isCommand(ParseResult args) {
        PlanRequest request = request(args);
        return request.beforeDashes().isPresent() && request.beforeDashes().getAsInt() == 0;
    }

    /** The plan with the command of {@code --notify}, which stands above that of the run file. */
    static Plan notified(Plan plan, ParseResult args) {
        Optional<String> command = Options.text(args, "--notify");
        if (command.isEmpty()) {
            return plan;
        }
        if (command.get().isBlank()) {
            throw Failure.usage("--notify: an empty command; write --notify './tell.sh'");
        }
        return plan.withNotify(Optional.of(plan.notification()
                .map(notify -> notify.with(command.get()))
                .orElseGet(() -> Notify.always(command.get()))));
    }

    /** What is asked of the run's step queue. */
    static QueueSpec.Asked ofQueue(ParseResult args, App app) {
        Optional<String> saveLogs = Options.text(args, "--save-logs")
                .map(dir ->
                        app.environment().directory().resolve(dir).normalize().toString());
        OptionalDouble required = Options.text(args, "--require-credits")
                .map(text -> OptionalDouble.of(credits("--require-credits", text)))
                .orElse(OptionalDouble.empty());
        return new QueueSpec.Asked(saveLogs, Options.has(args, "--apply-best"), required);
    }

    /** An amount of credits as an option names it. */
    static double credits(String option, String text) {
        try {
            double number = Double.parseDouble(text);
            if (number >= 0 && Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw Failure.usage(option + ": \"" + text + "\" is not a number; write " + option + " 10");
        }
        throw Failure.usage(option + ": " + text + " is not an amount of credits; write " + option + " 10");
    }
}
