package dev.settle.core.runfile.keys;

import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import dev.settle.core.runfile.tree.Problems;
import dev.settle.core.text.Suggest;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads the parameters of a run file, and puts those of the command line in their place. */
public final class Params {
    private Params() {}

    /**
     * The values of the parameters.
     *
     * @param run the file; empty for one that cannot have any, such as a bare list
     * @param given on the command line
     */
    public static Bindings read(Optional<MappingNode> run, Map<String, String> given, Problems problems) {
        Map<String, String> params =
                new LinkedHashMap<>(run.map(keyed -> declared(keyed, problems)).orElse(Map.of()));
        given.forEach((name, value) -> {
            if (params.containsKey(name)) {
                params.put(name, value);
            } else {
                unknown(name, value, params, problems);
            }
        });
        return params.isEmpty()
                ? Bindings.NONE
                : new Bindings(Map.copyOf(params).keySet(), Map.copyOf(params));
    }

    private static Map<String, String> declared(MappingNode run, Problems problems) {
        Optional<Node> node = run.value(RunFileKey.PARAMS);
        if (node.isEmpty()) {
            return Map.of();
        }
        DocumentPath at = run.at(RunFileKey.PARAMS);
        if (!(node.get() instanceof Node.OfMap map)) {
            problems.add(node.get(), at, "this is " + node.get().noun() + ", not a map", "write names with values");
            return Map.of();
        }
        Values values = new Values(problems, Bindings.NONE, Path.of("/"));
        Map<String, String> params = new LinkedHashMap<>();
        for (Node.Entry entry : map.entries) {
            DocumentPath place = at.key(entry.key());
            if (!Bindings.NAME.matcher(entry.key()).matches()) {
                problems.add(
                        entry.line(),
                        entry.column(),
                        place,
                        "not a name",
                        "use letters, digits, _ and -, a letter first");
            } else {
                values.text(entry.value(), place).ifPresent(text -> params.put(entry.key(), text));
            }
        }
        return params;
    }

    private static void unknown(String name, String value, Map<String, String> params, Problems problems) {
        String near = Suggest.didYouMean(name, params.keySet());
        String hint = !near.isEmpty()
                ? near
                : params.isEmpty()
                        ? "declare it in the file: params: {" + name + ": " + value + "}"
                        : "the file has " + String.join(", ", params.keySet());
        problems.add(0, 0, DocumentPath.ROOT, "--set: there is no parameter " + Values.quoted(name), hint);
    }
}
