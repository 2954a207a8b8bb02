package dev.settle.app.cli;

import dev.settle.app.cli.grammar.Mistakes;
import dev.settle.app.cli.grammar.OptionMistakes;
import dev.settle.app.cli.help.CommandHelp;
import dev.settle.app.cli.help.Topic;
import dev.settle.app.creation.ScriptArguments;
import dev.settle.app.mcp.McpClients;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.RemoteEnd;
import dev.settle.app.remote.RemoteCommand;
import dev.settle.core.runfile.RunFiles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
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
                "wait",
                "status",
                "list",
                "explain",
                "logs",
                "cancel",
                "resume",
                "recover",
                "rm",
                "prune",
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
                    case "watch" -> new WatchCommand(WatchCommand.Kind.WATCH);
                    case "wait" -> new WatchCommand(WatchCommand.Kind.WAIT);
                    case "status" -> new StatusCommand();
                    case "list" -> new ListCommand();
                    case "logs" -> new LogsCommand();
                    case "cancel" -> new CancelCommand();
                    case "resume" -> new ResumeCommand();
                    case "recover" -> new RecoverCommand();
                    case "rm" -> new RemoveCommand(RemoveCommand.Kind.RM);
                    case "prune" -> new RemoveCommand(RemoveCommand.Kind.PRUNE);
                    case "credits" -> new CreditsCommand();
                    case "doctor" -> new DoctorCommand();
                    case "validate" -> new ValidateCommand();
                    case "explain" -> new ExplainCommand();
                    case "report" -> new ReportCommand();
                    case "dashboard" -> new DashboardCommand();
                    case "agent" -> new AgentCommand();
                    case "mcp" -> new McpCommand();
                    case "completion" -> new CompletionCommand(Commands::specs);
                    case "drive" -> new DriveCommand();
                    case CompletionCommand.Values.NAME -> new CompletionCommand.Values();
                    default -> null;
                });
    }

    /** Stands before the command that is to run on another machine. */
    public static final String ON = "--on";

    /** The host on which users want every command to run; not where a client has started this process. */
    private static final String ON_VARIABLE = "SETTLE_ON";

    /** Commands for the machine of the terminal, whatever {@code SETTLE_ON} says. */
    private static final Set<String> ALWAYS_HERE = Set.of("completion", "drive", CompletionCommand.Values.NAME);

    /** Runs a command, here or on the host that an option or a variable names. */
    public static ExitStatus answer(List<String> words, App app) throws InterruptedException {
        String first = words.get(0);
        if (first.equals(ON) || first.startsWith(ON + "=")) {
            int command = first.equals(ON) ? 2 : 1;
            if (words.size() <= command) {
                throw Failure.usage("--on needs a host and a command; write settle --on HOST COMMAND");
            }
            String host = command == 2 ? words.get(1) : first.substring(ON.length() + 1);
            return on(host, words.get(command), words.subList(command + 1, words.size()), app);
        }
        List<String> args = words.subList(1, words.size());
        Optional<String> host = app.environment()
                .variable(ON_VARIABLE)
                .filter(each -> RemoteEnd.host(app.environment()).isEmpty() && !ALWAYS_HERE.contains(first));
        return host.isPresent() ? on(host.get(), first, args, app) : run(first, args, app);
    }

    private static ExitStatus on(String host, String name, List<String> args, App app) throws InterruptedException {
        if (name.equals("agent") && args.contains("--mcp-config")) {
            // Clients start the server here, and it is ours that reaches the host.
            app.console().out(new McpClients(app.environment(), List.of(ON, host)).text());
            return ExitStatus.COMPLETED;
        }
        // Looked at where there are options: that takes a tenth of a second.
        Map<String, Optional<CommandSpec>> specs = new HashMap<>();
        return RemoteCommand.run(host, name, args, app, option -> specs.computeIfAbsent(
                        name, word -> find(word).map(Command::spec))
                .map(each -> each.findOption(option))
                .filter(each -> each.arity().max() > 0)
                .isPresent());
    }

    /** Parses the arguments after the command's name, and runs it. */
    public static ExitStatus run(String name, List<String> args, App app) throws InterruptedException {
        Optional<Command> command = find(name);
        if (command.isEmpty()) {
            List<String> words = new ArrayList<>(List.of(name));
            words.addAll(args);
            throw Mistakes.command(words, names(), Topic.words(), app);
        }
        CommandLine line = line(command.get());
        CommandLine.ParseResult parsed;
        try {
            // What stands behind a script's name is the script's, as with sbatch, whatever it looks like.
            parsed = beginsScript(command.get(), args, app)
                    ? line.setStopAtPositional(true).parseArgs(args.toArray(String[]::new))
                    : line.parseArgs(args.toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw OptionMistakes.of(e, name, args, specs(), app);
        }
        if (parsed.hasMatchedOption("--help")) {
            app.console().out(CommandHelp.of(line.getCommandSpec()));
            return ExitStatus.COMPLETED;
        }
        return command.get().run(parsed, app);
    }

    /** Explains a command or a topic. */
    public static ExitStatus help(String word, App app) {
        Optional<Topic> topic = Topic.of(word);
        if (topic.isPresent()) {
            app.console().out(topic.get().text());
            return ExitStatus.COMPLETED;
        }
        Command command = find(word).orElseThrow(() -> Mistakes.topic(word, names(), Topic.words()));
        app.console().out(CommandHelp.of(command.spec()));
        return ExitStatus.COMPLETED;
    }

    /** The options and words of all commands that users see, by name, in the order of the help. */
    static Map<String, CommandSpec> specs() {
        Map<String, CommandSpec> specs = new LinkedHashMap<>();
        for (String name : names()) {
            specs.put(name, find(name).orElseThrow().spec());
        }
        return specs;
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
}
