package dev.settle.core.runfile.keys;

import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import dev.settle.core.runfile.tree.Problems;
import dev.settle.core.text.Suggest;
import java.util.List;
import java.util.Map;

/**
 * Keys that are not ours: those of scripthut's task documents that settle cannot honour are refused by name, those that
 * change nothing are passed over with a word, the rest is unknown.
 */
final class ForeignKeys {
    private static final Map<String, String> REFUSED_IN_ITEM = Map.ofEntries(
            Map.entry("image", "settle starts no containers; call apptainer or docker in the command"),
            Map.entry("container", "settle starts no containers; call apptainer or docker in the command"),
            Map.entry("job_definition", "settle does not run on AWS"),
            Map.entry("job_queue", "settle does not run on AWS; for Slurm name a partition"),
            Map.entry("instance_type", "settle does not run on AWS"),
            Map.entry("ami", "settle does not run on AWS"),
            Map.entry("region", "settle does not run on AWS"),
            Map.entry("environment", "write env as a map of variables, or as a list of rules"),
            Map.entry("env_vars", "write env as a map of variables, or as a list of rules"));

    private static final Map<String, String> REFUSED_IN_RUN = Map.of(
            "data", "settle copies no data sets; let an item do it",
            "image", "settle starts no containers; call apptainer or docker in the command",
            "job_definition", "settle does not run on AWS",
            "job_queue", "settle does not run on AWS; for Slurm name a partition");

    /** The result cache of scripthut: without it every item runs, which is what it is for settle. */
    private static final List<String> WITHOUT_EFFECT = List.of("inputs", "outputs", "cache", "cache_scope");

    private ForeignKeys() {}

    static void judge(Node.Entry entry, RunFileKey.Scope scope, DocumentPath trail, Problems problems) {
        DocumentPath at = trail.key(entry.key());
        Map<String, String> refused = refused(scope);
        String why = refused.get(entry.key());
        if (why != null) {
            // Documents that programs write name every field, most of them null.
            if (!isNothing(entry.value())) {
                problems.add(entry.line(), entry.column(), at, "settle cannot honour this key", why);
            }
        } else if (scope == RunFileKey.Scope.ITEM && WITHOUT_EFFECT.contains(entry.key())) {
            if (!isNothing(entry.value())) {
                problems.warn(entry.value(), at, "settle keeps no cache of results: the item always runs", "");
            }
        } else if (scope == RunFileKey.Scope.RUN && entry.key().equals("description")) {
            return;
        } else {
            problems.add(
                    entry.line(), entry.column(), at, "unknown key", problems.isFull() ? "" : hint(entry.key(), scope));
        }
    }

    private static String hint(String word, RunFileKey.Scope scope) {
        boolean ofItems = RunFileKey.find(RunFileKey.Scope.ITEM, word) != null;
        boolean ofRuns = RunFileKey.find(RunFileKey.Scope.RUN, word) != null;
        if (scope == RunFileKey.Scope.RUN && ofItems) {
            return "it is a key of items: write it in an item, or under defaults";
        }
        if (scope == RunFileKey.Scope.ITEM && ofRuns) {
            return "it is a key of the run: write it at the top of the file";
        }
        return Suggest.didYouMean(word, RunFileKey.words(scope).keySet());
    }

    private static Map<String, String> refused(RunFileKey.Scope scope) {
        return switch (scope) {
            case RUN -> REFUSED_IN_RUN;
            case ITEM -> REFUSED_IN_ITEM;
            case CREDITS, BUDGET, NOTIFY, RETRIES, EXPECT, RULE, QUEUE -> Map.of();
        };
    }

    private static boolean isNothing(Node node) {
        return node.kind() == Node.Kind.NULL
                || (node instanceof Node.OfList list && list.elements.isEmpty())
                || (node instanceof Node.OfMap map && map.entries.isEmpty());
    }
}
