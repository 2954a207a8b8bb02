package dev.settle.core.runfile;

import dev.settle.core.json.Json;
import dev.settle.core.model.Plan;
import dev.settle.core.runfile.keys.Bindings;
import dev.settle.core.runfile.keys.MappingNode;
import dev.settle.core.runfile.keys.RunFileKey;
import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import dev.settle.core.runfile.tree.Problems;
import dev.settle.core.runfile.tree.TreeReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What generated items inherit from the run file, kept as a JSON text of its own {@code defaults}, {@code env},
 * {@code env_groups} and {@code params}, so that a driver that starts months later still knows.
 */
final class Inherited {
    private static final List<RunFileKey> KEYS =
            List.of(RunFileKey.DEFAULTS, RunFileKey.RUN_ENV, RunFileKey.ENV_GROUPS);

    private Inherited() {}

    /** The text to keep; empty when there is nothing to inherit. */
    static Optional<String> of(MappingNode run, Bindings params) {
        Map<String, @Nullable Object> kept = new LinkedHashMap<>();
        if (!params.values().isEmpty()) {
            kept.put(RunFileKey.PARAMS.word, params.values());
        }
        for (RunFileKey key : KEYS) {
            run.value(key).ifPresent(node -> kept.put(key.word, tree(node)));
        }
        if (isTasks(run)) {
            kept.put(RunFileKey.ITEMS.alias, List.of());
        }
        return kept.isEmpty() ? Optional.empty() : Optional.of(Json.write(kept));
    }

    /** Reads the text that {@link #of} made. */
    static Optional<MappingNode> read(Plan plan) {
        Problems none = new Problems("the run");
        return plan.inherited()
                .flatMap(text -> TreeReader.json(text, none))
                .flatMap(node -> MappingNode.ofNode(node, RunFileKey.Scope.RUN, DocumentPath.ROOT, none));
    }

    /** Whether a document is one of scripthut's. */
    static boolean isTasks(MappingNode run) {
        return run.entry(RunFileKey.ITEMS)
                .filter(entry -> entry.key().equals(RunFileKey.ITEMS.alias))
                .isPresent();
    }

    /** Scalars as texts: every key takes them so, and {@code 1e-3} stays what it is. */
    private static @Nullable Object tree(Node node) {
        if (node instanceof Node.OfMap map) {
            Map<String, @Nullable Object> tree = new LinkedHashMap<>();
            map.entries.forEach(entry -> tree.put(entry.key(), tree(entry.value())));
            return tree;
        }
        if (node instanceof Node.OfList list) {
            List<@Nullable Object> tree = new ArrayList<>();
            list.elements.forEach(element -> tree.add(tree(element)));
            return tree;
        }
        return node instanceof Node.Scalar scalar && node.kind() != Node.Kind.NULL ? scalar.text : null;
    }
}
