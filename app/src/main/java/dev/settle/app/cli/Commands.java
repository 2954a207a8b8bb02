package dev.settle.app.cli;

import dev.settle.app.creation.ScriptArguments;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.core.runfile.RunFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** The table of commands, in the order of the help. */
public final class Commands {
    private Commands() {}

    /** Names of all commands that users see. */
    public static List<String> names() {
        return List.of(
                "run",
                "submit",
                "watch",
                "status",
                "list",
                "explain",
                "logs",
                "cancel",
                "resume",
                "recover",
                "credits",
                "report",
                "dashboard",
                "doctor",
                "validate",
                "agent",
                "mcp",
                "completion");
    }

    /** The command of that name; a switch, so that no other command's class is loaded. */
    public static Optional<Command> find(String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "run" -> new RunCommand();
                    case "submit" -> new SubmitCommand();
                    case "watch" -> new WatchCommand();
                    case "status" -> new StatusCommand();
                    case "list" -> new ListCommand();
                    case "logs" -> new LogsCommand();
                    case "cancel" -> new CancelCommand();
                    case "resume" -> new ResumeCommand();
                    case "recover" -> new RecoverCommand();
                    case "credits" -> new CreditsCommand();
                    case "doctor" -> new DoctorCommand();
                    case "validate" -> new ValidateCommand();
                    case "explain" -> new ExplainCommand();
                    case "report" -> new ReportCommand();
                    case "dashboard" -> new DashboardCommand();
                    case "agent" -> new AgentCommand();
                    case "mcp" -> new McpCommand();
                    case "completion" -> new CompletionCommand();
                    case "drive" -> new DriveCommand();
                    default -> null;
                });
    }

    /** Parses the arguments after the command's name, and runs it. */
    public static ExitStatus run(String name, List<String> args, App app) throws InterruptedException {
        Optional<Command> command = find(name);
        if (command.isEmpty()) {
            throw Failure.usage("'" + name + "' is not a settle command." + near(name), "See 'settle --help'.");
        }
        CommandLine line = line(command.get());
        CommandLine.ParseResult parsed;
        try {
            // What stands behind a script's name is the script's, as with sbatch, whatever it looks like.
            parsed = beginsScript(command.get(), args, app)
                    ? line.setStopAtPositional(true).parseArgs(args.toArray(String[]::new))
                    : line.parseArgs(args.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw Failure.usage(message(e), "See 'settle " + name + " --help'.");
        }
        if (parsed.hasMatchedOption("--help")) {
            app.console().out(line.getUsageMessage(CommandLine.Help.Ansi.OFF));
            return ExitStatus.COMPLETED;
        }
        return command.get().run(parsed, app);
    }

    /** Whether the first word besides the options names a script, so that all words behind it are its arguments. */
    private static boolean beginsScript(Command command, List<String> args, App app) {
        if (!(command instanceof RunCommand
                || command instanceof SubmitCommand
                || command instanceof ValidateCommand)) {
            return false;
        }
        try {
            ParseResult parsed = line(command).setStopAtPositional(true).parseArgs(args.toArray(String[]::new));
            List<String> words = Options.words(parsed);
            return !words.isEmpty()
                    && !isCommandForm(args, words)
                    && ScriptArguments.file(words.get(0), app)
                            .filter(RunFiles::isScript)
                            .isPresent();
        } catch (CommandLine.ParameterException e) {
            // Told by the parse that counts.
            return false;
        }
    }

    /** Whether a {@code --} stands before the words. */
    private static boolean isCommandForm(List<String> args, List<String> words) {
        int before = args.size() - words.size() - 1;
        return before >= 0 && args.get(before).equals("--");
    }

    static CommandLine line(Command command) {
        CommandLine line = new CommandLine(command.spec());
        // A word after "--" belongs to the command that is run; options stand before it.
        line.setUnmatchedOptionsArePositionalParams(false);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        // Of an option that is given twice the last one wins, so that an alias or a script can be overruled.
        line.setOverwrittenOptionsAllowed(true);
        return line;
    }

    private static String message(CommandLine.ParameterException e) {
        String text = String.valueOf(e.getMessage());
        return text.endsWith(".") ? text : text + ".";
    }

    private static String near(String name) {
        List<String> near = new ArrayList<>();
        for (String each : names()) {
            if (each.startsWith(name) || name.startsWith(each) || sameLetters(each, name)) {
                near.add(each);
            }
        }
        return near.isEmpty() ? "" : " Did you mean " + String.join(" or ", near) + "?";
    }

    /** One letter off. */
    private static boolean sameLetters(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 1) {
            return false;
        }
        int i = 0;
        while (i < Math.min(a.length(), b.length()) && a.charAt(i) == b.charAt(i)) {
            i++;
        }
        String restA = a.substring(i);
        String restB = b.substring(i);
        return restA.length() == restB.length()
                ? restA.length() <= 1 || restA.substring(1).equals(restB.substring(1))
                : restA.length() > restB.length()
                        ? restA.substring(1).equals(restB)
                        : restB.substring(1).equals(restA);
    }
}
