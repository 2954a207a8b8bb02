package dev.settle.core.runfile;

import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import dev.settle.core.runfile.tree.Problem;
import dev.settle.core.runfile.tree.Problems;
import dev.settle.core.runfile.tree.TreeReader;
import dev.settle.core.text.Suggest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A configuration file as it was written, flat: {@code scheduler: {max_commands_per_minute: 6}} is the entry
 * {@code scheduler.max_commands_per_minute}. What the keys mean is their reader's business.
 *
 * @param entries in the order of the file, each key once; keys without a value are left out
 * @param problems why the file is refused
 */
public record SettingsFile(List<Entry> entries, List<Problem> problems) {
    /** Settings are a handful of lines; what is deeper than this is none. */
    private static final int DEPTH_MAX = 4;

    public SettingsFile {
        entries = List.copyOf(entries);
        problems = List.copyOf(problems);
    }

    /**
     * One setting.
     *
     * @param key with dots between the levels
     * @param text the value as it was written; of a list its elements, with blanks between them
     * @param place the file with line and column
     */
    public record Entry(String key, String text, String place) {}

    /** Reads a file that is there; one that cannot be read is a problem like any other. */
    public static SettingsFile read(Path file) {
        Problems problems = new Problems(file.toString());
        List<Entry> entries = new ArrayList<>();
        RunFiles.text(file, problems)
                .filter(text -> !isBlank(text))
                .flatMap(text -> TreeReader.yaml(text, problems))
                .ifPresent(root -> flatten(root, "", DocumentPath.ROOT, 0, file.toString(), entries, problems));
        return new SettingsFile(entries, problems.errors());
    }

    /** {@code did you mean "interval"?}, or nothing when no key is near. */
    public static Optional<String> didYouMean(String key, Collection<String> keys) {
        return Optional.of(Suggest.didYouMean(key, keys)).filter(hint -> !hint.isEmpty());
    }

    /** Whether there are but comments, as in a file that was laid out for later. */
    private static boolean isBlank(String text) {
        return text.lines().map(String::strip).allMatch(line -> line.isEmpty() || line.startsWith("#"));
    }

    private static void flatten(
            Node node,
            String before,
            DocumentPath trail,
            int depth,
            String file,
            List<Entry> entries,
            Problems problems) {
        if (!(node instanceof Node.OfMap map) || depth > DEPTH_MAX) {
            problems.add(node, trail, "this is " + node.noun() + ", not a map of settings", "write KEY: VALUE");
            return;
        }
        for (Node.Entry entry : map.entries) {
            String key = before.isEmpty() ? entry.key() : before + "." + entry.key();
            DocumentPath at = trail.key(entry.key());
            if (entry.value() instanceof Node.Scalar scalar) {
                if (scalar.kind() != Node.Kind.NULL) {
                    entries.add(new Entry(key, scalar.text, file + ":" + entry.line() + ":" + entry.column()));
                }
            } else if (entry.value() instanceof Node.OfList list
                    && list.elements.stream().allMatch(each -> each instanceof Node.Scalar)) {
                entries.add(new Entry(
                        key,
                        list.elements.stream()
                                .map(each -> ((Node.Scalar) each).text)
                                .collect(Collectors.joining(" ")),
                        file + ":" + entry.line() + ":" + entry.column()));
            } else {
                flatten(entry.value(), key, at, depth + 1, file, entries, problems);
            }
        }
    }
}
