package dev.settle.core.runfile;

import dev.settle.core.environment.RawText;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.ResourceChanges;
import dev.settle.core.runfile.keys.RunFileKey;
import dev.settle.core.runfile.keys.Values;
import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import dev.settle.core.runfile.tree.Problem;
import dev.settle.core.runfile.tree.Problems;
import dev.settle.core.text.ShellText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A run of one command, as {@code settle run -- CMD ARG...} asks for it.
 *
 * @param words the command and its arguments, at least one
 * @param options the values of {@code name cpus memory gpus time partition account qos chdir output error}, as far as they were given
 * @param env the values of {@code --env}, each {@code K=V}
 */
public record CommandLine(List<String> words, Map<String, String> options, List<String> env) {
    /** The options by name, and the key of a run file that each of them is. */
    private static final Map<String, RunFileKey> KEYS = Map.of(
            "cpus", RunFileKey.CPUS,
            "memory", RunFileKey.MEMORY,
            "gpus", RunFileKey.GPUS,
            "time", RunFileKey.TIME_LIMIT,
            "partition", RunFileKey.PARTITION,
            "account", RunFileKey.ACCOUNT,
            "qos", RunFileKey.QOS,
            "chdir", RunFileKey.WORKING_DIR,
            "output", RunFileKey.OUTPUT,
            "error", RunFileKey.ERROR);

    private static final Map<String, String> OPTION_OF_KEY =
            KEYS.entrySet().stream().collect(Collectors.toMap(entry -> entry.getValue().word, Map.Entry::getKey));

    public CommandLine {
        words = List.copyOf(words);
        env = List.copyOf(env);
        options = Map.copyOf(options);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("a command line without a command");
        }
        for (String option : options.keySet()) {
            if (!option.equals("name") && !KEYS.containsKey(option)) {
                throw new IllegalArgumentException("no such option: " + option);
            }
        }
    }

    /** The plan of this one item; a problem's place is the option, such as {@code --memory}. */
    public ReadResult read(ReadContext around) {
        Problems problems = new Problems("the command line");
        String program = idOf(RunFiles.nameOf(RawText.shown(words.get(0))), "command");
        String name = options.getOrDefault("name", program);
        List<Node.Entry> entries = new ArrayList<>();
        entries.add(entry(RunFileKey.ID.word, text(idOf(name, program))));
        entries.add(entry(RunFileKey.ITEM_NAME.word, text(name)));
        entries.add(entry(RunFileKey.COMMAND.word, text(ShellText.join(words))));
        KEYS.forEach((option, key) -> {
            String value = options.get(option);
            if (value != null) {
                entries.add(entry(key.word, text(value)));
            }
        });
        entries.add(entry(RunFileKey.ENV.word, variables(problems)));
        Node item = new Node.OfMap(0, 0, 1, entries);
        Scripts scripts = new Scripts(List.of());
        Node list = new Node.OfList(0, 0, 1, new ArrayList<>(List.of(item)));
        Node run = new Node.OfMap(0, 0, 1, List.of(entry(RunFileKey.ITEMS.word, list)));
        Plan plan = new FileReader(name, problems, around, scripts).read(run);
        return new ReadResult(
                problems.none() ? Optional.of(plan) : Optional.empty(),
                problems.errors().stream().map(CommandLine::ofOption).toList(),
                List.of());
    }

    /**
     * What a resume asks for in place of what the plan says.
     *
     * @param options the values of {@code cpus memory time partition account qos}, as far as they were given
     * @param problems gets what cannot be accepted, in the words of the options
     */
    public static ResourceChanges changes(Map<String, String> options, ReadContext around, List<Problem> problems) {
        if (options.isEmpty()) {
            return ResourceChanges.NONE;
        }
        ReadResult reading = new CommandLine(List.of("resume"), options, List.of()).read(around);
        problems.addAll(reading.problems());
        return reading.plan()
                .map(plan -> ResourceChanges.of(plan.items().get(0).resources()))
                .orElse(ResourceChanges.NONE);
    }

    private Node variables(Problems problems) {
        Map<String, Node.Entry> variables = new LinkedHashMap<>();
        for (String each : env) {
            int character = each.indexOf('=');
            if (character <= 0) {
                problems.add(
                        0, 0, DocumentPath.ROOT.key("env"), Values.quoted(each) + " sets nothing", "write NAME=VALUE");
            } else {
                String name = each.substring(0, character);
                variables.put(name, entry(name, text(each.substring(character + 1))));
            }
        }
        return new Node.OfMap(0, 0, 1, List.copyOf(variables.values()));
    }

    private static Node.Entry entry(String key, Node value) {
        return new Node.Entry(key, 0, 0, value);
    }

    private static Node text(String text) {
        return new Node.Scalar(0, 0, Node.Kind.TEXT, text);
    }

    /** An id made of a name: what an id cannot hold becomes {@code _}. */
    static String idOf(String name, String otherwise) {
        String id = name.replaceAll("[^A-Za-z0-9._=,\\[\\]+:@-]", "_").replaceFirst("^[-.]+", "");
        return ItemId.isLegal(id) ? id : otherwise;
    }

    /** {@code items[0].time_limit} is {@code --time} to who typed it. */
    private static Problem ofOption(Problem problem) {
        String path = problem.path().replaceFirst("^items\\[0]\\.", "");
        String key = path.replaceFirst("\\..*", "");
        String option = OPTION_OF_KEY.getOrDefault(key, key);
        return option.isEmpty() ? problem : new Problem("--" + option, "", problem.message(), problem.hint());
    }
}
