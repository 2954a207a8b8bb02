package dev.settle.core.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What settle knows of sbatch's options: enough to pass them on, and to refuse those that are its own business. */
final class SbatchOptions {
    /** Options that would take away what settle needs to follow the job, with what to write instead. */
    private static final Map<String, String> OURS = Map.ofEntries(
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

    private SbatchOptions() {}

    /** Options for sbatch, one argument each: {@code --nodes 2} becomes {@code --nodes=2}. */
    static List<String> extra(Keyed map, RunFileKey key, Values values) {
        if (!map.has(key)) {
            return List.of();
        }
        List<String> extra = new ArrayList<>();
        for (Node node : values.elements(map, key)) {
            Trail at = map.at(key);
            values.text(node, at).ifPresent(text -> {
                String option = text.strip();
                String name = nameOf(option);
                if (name.isEmpty() || option.indexOf('\n') >= 0) {
                    values.problems.add(node, at, Values.quoted(text) + " is not an option", "write it as --nodes=2");
                } else if (OURS.containsKey(name)) {
                    values.problems.add(node, at, "settle decides --" + name + " itself", OURS.getOrDefault(name, ""));
                } else {
                    extra.add(oneArgument(option));
                }
            });
        }
        return extra;
    }

    /** The long name of an option, without dashes; empty when it is none. */
    private static String nameOf(String option) {
        if (option.startsWith("--") && option.length() > 3) {
            return option.substring(2).split("[=\\s]", 2)[0];
        }
        if (option.startsWith("-") && option.length() > 1 && Character.isLetter(option.charAt(1))) {
            char letter = option.charAt(1);
            return SHORT.getOrDefault(letter, String.valueOf(letter));
        }
        return "";
    }

    private static String oneArgument(String option) {
        int blank = option.indexOf(' ');
        boolean apart = option.startsWith("--") && blank > 0 && option.indexOf('=') < 0;
        return apart
                ? option.substring(0, blank) + "=" + option.substring(blank).strip()
                : option;
    }

    /** sbatch's short options (man sbatch, 22.05 to 25.05). */
    static final Map<Character, String> SHORT = Map.ofEntries(
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
            Map.entry('u', "usage"),
            Map.entry('v', "verbose"),
            Map.entry('V', "version"),
            Map.entry('w', "nodelist"),
            Map.entry('W', "wait"),
            Map.entry('x', "exclude"));
}
