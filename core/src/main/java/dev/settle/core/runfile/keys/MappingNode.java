package dev.settle.core.runfile.keys;

import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import dev.settle.core.runfile.tree.Problems;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** A map of the file, read against the table of keys. */
public final class MappingNode {
    public final Node node;
    public final DocumentPath trail;
    private final Map<RunFileKey, Node.Entry> found = new EnumMap<>(RunFileKey.class);

    private MappingNode(Node node, DocumentPath trail) {
        this.node = node;
        this.trail = trail;
    }

    /** Unknown keys, and keys that mean the same, are problems; what is null is absent. */
    public static MappingNode of(Node.OfMap map, RunFileKey.Scope scope, DocumentPath trail, Problems problems) {
        MappingNode keyed = new MappingNode(map, trail);
        for (Node.Entry entry : map.entries) {
            RunFileKey key = RunFileKey.find(scope, entry.key());
            if (key == null) {
                ForeignKeys.judge(entry, scope, trail, problems);
            } else if (entry.value().kind() != Node.Kind.NULL) {
                Node.Entry first = keyed.found.putIfAbsent(key, entry);
                if (first != null && !first.key().equals(entry.key())) {
                    problems.add(
                            entry.line(),
                            entry.column(),
                            trail.key(entry.key()),
                            "the same as " + first.key(),
                            "keep one of the two");
                }
            }
        }
        return keyed;
    }

    /** A map, or a problem that says what is there instead. */
    public static Optional<MappingNode> ofNode(
            Node node, RunFileKey.Scope scope, DocumentPath trail, Problems problems) {
        if (node instanceof Node.OfMap map) {
            return Optional.of(of(map, scope, trail, problems));
        }
        problems.add(node, trail, "this is " + node.noun() + ", not a map", "");
        return Optional.empty();
    }

    public Optional<Node.Entry> entry(RunFileKey key) {
        return Optional.ofNullable(found.get(key));
    }

    public boolean has(RunFileKey key) {
        return found.containsKey(key);
    }

    public Optional<Node> value(RunFileKey key) {
        return entry(key).map(Node.Entry::value);
    }

    /** Where the key's value is, under the name that the file uses. */
    public DocumentPath at(RunFileKey key) {
        return trail.key(entry(key).map(Node.Entry::key).orElse(key.word));
    }

    /** Says that a key is missing. */
    public void missing(RunFileKey key, Problems problems, String hint) {
        problems.add(node, trail, key.word + " is missing", hint);
    }
}
