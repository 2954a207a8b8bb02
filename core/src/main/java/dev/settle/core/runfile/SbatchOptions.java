package dev.settle.core.runfile;

import dev.settle.core.runfile.keys.MappingNode;
import dev.settle.core.runfile.keys.RunFileKey;
import dev.settle.core.runfile.keys.Values;
import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What settle knows of sbatch's options: enough to pass them on, and to refuse those that are its own business. */
final class SbatchOptions {
    /** Options that would take away what settle needs to follow the job, with what to write instead. */
    static final Map<String, String> OURS = Map.ofEntries(
            Map.entry("array", "write a matrix; alike items are submitted as an array"),
            Map.entry("job-name", "settle names its jobs; write name for people"),
            Map.entry("output", "write output"),
            Map.entry("error", "write error"),
            Map.entry("chdir", "write working_dir"),
            Map.entry("wrap", "write command"),
            Map.entry("parsable", "settle reads the job id itself"),
            Map.entry("wait", "settle waits itself"),
            Map.entry("test-only", "use settle validate"),
            Map.entry("quiet", "leave it out"),
            Map.entry("help", "leave it out"),
            Map.entry("usage", "leave it out"),
            Map.entry("version", "leave it out"));

    /** sbatch's short options (man sbatch, 22.05 to 25.05). */
    private static final Map<Character, String> SHORT = Map.ofEntries(
            Map.entry('A', "account"),
            Map.entry('a', "array"),
            Map.entry('b', "begin"),
            Map.entry('B', "extra-node-info"),
            Map.entry('C', "constraint"),
            Map.entry('c', "cpus-per-task"),
            Map.entry('d', "dependency"),
            Map.entry('D', "chdir"),
            Map.entry('e', "error"),
            Map.entry('F', "nodefile"),
            Map.entry('G', "gpus"),
            Map.entry('H', "hold"),
            Map.entry('h', "help"),
            Map.entry('i', "input"),
            Map.entry('I', "immediate"),
            Map.entry('J', "job-name"),
            Map.entry('k', "no-kill"),
            Map.entry('L', "licenses"),
            Map.entry('M', "clusters"),
            Map.entry('m', "distribution"),
            Map.entry('N', "nodes"),
            Map.entry('n', "ntasks"),
            Map.entry('o', "output"),
            Map.entry('O', "overcommit"),
            Map.entry('p', "partition"),
            Map.entry('q', "qos"),
            Map.entry('Q', "quiet"),
            Map.entry('S', "core-spec"),
            Map.entry('s', "oversubscribe"),
            Map.entry('t', "time"),
            Map.entry('v', "verbose"),
            Map.entry('V', "version"),
            Map.entry('w', "nodelist"),
            Map.entry('W', "wait"),
            Map.entry('x', "exclude"));

    /** Options whose value, if they take one at all, follows a {@code =}. */
    private static final Set<String> ALONE = Set.of(
            "contiguous",
            "exclusive",
            "get-user-env",
            "help",
            "hold",
            "ignore-pbs",
            "immediate",
            "nice",
            "no-kill",
            "no-requeue",
            "overcommit",
            "oversubscribe",
            "parsable",
            "propagate",
            "quiet",
            "reboot",
            "requeue",
            "share",
            "spread-job",
            "stepmgr",
            "test-only",
            "usage",
            "use-min-nodes",
            "verbose",
            "version",
            "wait");

    private static final Pattern WITH_VALUE = Pattern.compile("--[A-Za-z][A-Za-z0-9-]*=(?!.*\\s-).*");

    private SbatchOptions() {}

    /** An option by its long name, or by its letter where that is not known. */
    record Option(String name, Optional<String> value) {
        /** As one argument for sbatch. */
        String argument() {
            String dashes = name.length() == 1 ? "-" : "--";
            String separator = name.length() == 1 ? "" : "=";
            return dashes + name + value.map(text -> separator + text).orElse("");
        }
    }

    /** Options for sbatch, one argument each: {@code --nodes 2} becomes {@code --nodes=2}. */
    static List<String> extra(MappingNode map, RunFileKey key, Values values) {
        if (!map.has(key)) {
            return List.of();
        }
        List<String> extra = new ArrayList<>();
        for (Node node : values.elements(map, key)) {
            DocumentPath at = map.at(key);
            values.text(node, at).ifPresent(text -> {
                List<Option> options = parse(words(text.strip()));
                if (options.size() != 1 || text.indexOf('\n') >= 0) {
                    values.problems.add(
                            node, at, Values.quoted(text) + " is not one option", "write each as --nodes=2");
                    return;
                }
                Option option = options.get(0);
                String instead = OURS.get(option.name);
                if (instead != null) {
                    values.problems.add(node, at, "settle decides --" + option.name + " itself", instead);
                } else {
                    extra.add(option.argument());
                }
            });
        }
        return extra;
    }

    /** Blanks may stand in a value behind {@code =}; a dash after them begins another option. */
    private static List<String> words(String text) {
        return WITH_VALUE.matcher(text).matches() ? List.of(text) : List.of(text.split("\\s+", 2));
    }

    /** The options of a command line's words, as getopt_long reads them; empty where a word is no option. */
    static List<Option> parse(List<String> words) {
        List<Option> options = new ArrayList<>();
        int at = 0;
        while (at < words.size()) {
            String word = words.get(at++);
            String next = at < words.size() ? words.get(at) : "-";
            boolean isLong = word.startsWith("--") && word.length() > 2;
            boolean isShort =
                    !isLong && word.length() > 1 && word.charAt(0) == '-' && Character.isLetter(word.charAt(1));
            if (!isLong && !isShort) {
                return List.of();
            }
            int character = word.indexOf('=');
            String name = isLong
                    ? word.substring(2, character < 0 ? word.length() : character)
                    : SHORT.getOrDefault(word.charAt(1), word.substring(1, 2));
            if (isLong && character >= 0) {
                options.add(new Option(name, Optional.of(word.substring(character + 1))));
            } else if (isShort && word.length() > 2) {
                options.add(new Option(name, Optional.of(word.substring(2))));
            } else if (ALONE.contains(name) || next.startsWith("-")) {
                options.add(new Option(name, Optional.empty()));
            } else {
                options.add(new Option(name, Optional.of(next)));
                at++;
            }
        }
        return options;
    }
}
