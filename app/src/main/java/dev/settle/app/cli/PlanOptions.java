package dev.settle.app.cli;

import dev.settle.app.creation.PlanRequest;
import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.core.model.Notify;
import dev.settle.core.model.Plan;
import dev.settle.core.model.QueueSpec;
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
            List.of("name", "cpus", "memory", "gpus", "time", "partition", "account", "qos", "chdir");

    private PlanOptions() {}

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
                .value(
                        "--notify",
                        "COMMAND",
                        "Run COMMAND once when the run has ended, with the run document on stdin.")
                .flag("--dry-run", "Parse, expand and print the plan; touch nothing.")
                .words(
                        "FILE [ARG...] | -- CMD ARG...",
                        "A run file, or an sbatch script and its arguments; - for standard input; or, after --, a command.");
    }

    static Options declareQueue(Options options) {
        return options.value("--save-logs", "DIR", "Step queue: keep code, output and an index of every step there.")
                .flag("--apply-best", "Step queue: copy the best step's files here after a run that completed.")
                .value("--require-credits", "N", "Step queue: do not begin while the service has fewer credits.");
    }

    static PlanRequest request(ParseResult args) {
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
                optionNames);
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
        throw Failure.usage(option + ": " + text + " is no amount of credits; write " + option + " 10");
    }
}
