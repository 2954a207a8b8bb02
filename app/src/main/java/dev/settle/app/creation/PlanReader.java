package dev.settle.app.creation;

import dev.settle.app.engine.backend.Backends;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.core.model.Plan;
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

/** From the arguments of run, submit and validate to a plan, or to all its problems at once. */
public final class PlanReader {
    private PlanReader() {}

    /**
     * Reads the plan.
     *
     * @param backends chooses the backend whose rules the plan is read by
     */
    public static Plan read(PlanRequest request, App app, Backends backends) {
        List<String> words = request.words();
        ReadContext around = surroundings(app, app.environment().directory(), backends);
        boolean dashes = request.beforeDashes().isPresent();
        if (words.isEmpty()) {
            throw Failure.usage(dashes ? "no command is given after --" : "a run file is missing", forms(request));
        }
        Optional<Path> file = ScriptArguments.file(words.get(0), app);
        int before = request.beforeDashes().orElse(words.size());
        if (dashes && before > 0 && file.filter(RunFiles::isScript).isEmpty()) {
            // Taken for the command it would fail, or worse, run something of that name.
            throw Failure.usage(
                    "'" + words.get(0) + "' stands before --, and a command after it: which is to run?",
                    forms(request));
        }
        if (before == 0) {
            if (!request.takesCommands()) {
                throw Failure.usage("a command cannot be validated", forms(request));
            }
            SbatchLines.warn(request, app);
            refuseForCommand(request);
            Map<String, String> options = new LinkedHashMap<>(request.itemOptions());
            request.choices().name().ifPresent(name -> options.put("name", name));
            CommandLine line = new CommandLine(words, options, PassedVariables.of(request.env(), app.environment()));
            return withMaxFailures(accept(line.read(around), app), request.maxFailures());
        }
        request.itemOptions().keySet().stream().findFirst().ifPresent(option -> {
            throw Failure.usage("--" + option + " only applies to a command after --; in a run file, set the key "
                    + key(option) + ".");
        });
        // As for cat(1): the run file comes from the other end of a pipe.
        boolean piped = words.get(0).equals("-");
        if (!piped && file.filter(Files::exists).isEmpty()) {
            throw Failure.usage("there is no run file " + words.get(0), commandForm(request));
        }
        Path path = piped ? Path.of("/dev/stdin") : file.orElseThrow();
        List<String> arguments = ScriptArguments.of(request, app);
        Plan plan = withMaxFailures(
                accept(RunFiles.read(path, arguments, around.with(request.choices())), app), request.maxFailures());
        return Files.isRegularFile(path)
                ? plan.withSource(new PlanSource(path.toString(), arguments, request.maxFailures(), request.choices()))
                : plan;
    }

    /** Where a run file says what an option says of a command. */
    private static String key(String option) {
        return switch (option) {
            case "time" -> "time_limit";
            case "chdir" -> "working_dir";
            default -> option;
        };
    }

    private static void refuseForCommand(PlanRequest request) {
        if (!request.choices().params().isEmpty()) {
            throw Failure.usage("--set is for run files; write the value into the command.");
        }
        if (!request.choices().only().isEmpty()) {
            throw Failure.usage("--only is for run files; a command is one item.");
        }
    }

    /**
     * Reads the plan of a text that is in no file.
     *
     * @param name what messages call it, and the run where the text names none; an ending tells YAML from JSON
     */
    public static Plan readText(String text, String name, OptionalInt maxFailures, App app, Backends backends) {
        ReadContext around = surroundings(app, app.environment().directory(), backends);
        return withMaxFailures(accept(RunFiles.read(text, name, around), app), maxFailures);
    }

    static Plan withMaxFailures(Plan plan, OptionalInt most) {
        return most.isPresent() ? plan.withMaxFailures(most.getAsInt()) : plan;
    }

    /** @param directory where the run is created */
    static ReadContext surroundings(App app, Path directory, Backends backends) {
        return new ReadContext(directory, app.environment().home(), planned -> backends.choose(planned)
                .word());
    }

    private static String forms(PlanRequest request) {
        String name = request.command();
        return request.takesCommands()
                ? "Write: " + name + " FILE, or: " + name + " -- CMD ARG..."
                : "Write: " + name + " FILE";
    }

    /** For who left the -- out. */
    private static String commandForm(PlanRequest request) {
        return request.takesCommands()
                ? "To run a command, write -- before it: " + request.command() + " -- "
                        + ShellText.join(request.words())
                : forms(request);
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
