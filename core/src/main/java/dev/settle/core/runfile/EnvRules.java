package dev.settle.core.runfile;

import static dev.settle.core.runfile.keys.RunFileKey.RULE_APPEND;
import static dev.settle.core.runfile.keys.RunFileKey.RULE_IF;
import static dev.settle.core.runfile.keys.RunFileKey.RULE_INCLUDE;
import static dev.settle.core.runfile.keys.RunFileKey.RULE_INIT;
import static dev.settle.core.runfile.keys.RunFileKey.RULE_SET;

import dev.settle.core.runfile.keys.MappingNode;
import dev.settle.core.runfile.keys.RunFileKey;
import dev.settle.core.runfile.keys.Values;
import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import dev.settle.core.runfile.tree.Problems;
import dev.settle.core.text.Suggest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads lists of environment rules, and puts the named groups where they are included. */
final class EnvRules {
    /** Rules read for one list, includes counted; more come from groups that include each other many times over. */
    static final int RULES_MAX = 10_000;

    /** Groups that include groups, so deep. */
    static final int INCLUDES_MAX = 20;

    private static final String PROTECTED = "SCRIPTHUT_";

    private final Problems problems;
    private final Map<String, Node> groups = new HashMap<>();
    private final Map<String, DocumentPath> groupTrails = new HashMap<>();
    private int rulesRead;

    EnvRules(Problems problems) {
        this.problems = problems;
    }

    /** Makes the groups of a document known; a later group of the same name takes the place of an earlier. */
    void addGroups(MappingNode run) {
        Optional<Node> node = run.value(RunFileKey.ENV_GROUPS);
        DocumentPath trail = run.at(RunFileKey.ENV_GROUPS);
        if (node.isPresent() && !(node.get() instanceof Node.OfMap)) {
            problems.add(node.get(), trail, "this is " + node.get().noun() + ", not a map of lists of rules", "");
        } else if (node.isPresent() && node.get() instanceof Node.OfMap map) {
            for (Node.Entry entry : map.entries) {
                groups.put(entry.key(), entry.value());
                groupTrails.put(entry.key(), trail.key(entry.key()));
            }
        }
    }

    /** Reads every group once, so that a bad one is told even if nothing includes it. */
    void checkGroups(Values values) {
        groups.forEach((name, node) -> {
            Set<String> open = new LinkedHashSet<>();
            open.add(name);
            rulesRead = 0;
            read(node, groupTrails.getOrDefault(name, DocumentPath.ROOT), values, List.of(), open, new ArrayList<>());
        });
    }

    /** The rules of a list, includes replaced by what they include. */
    List<EnvRule> read(Node node, DocumentPath trail, Values values) {
        List<EnvRule> rules = new ArrayList<>();
        rulesRead = 0;
        read(node, trail, values, List.of(), new LinkedHashSet<>(), rules);
        return rules;
    }

    private void read(
            Node node,
            DocumentPath trail,
            Values values,
            List<Map<String, List<String>>> outer,
            Set<String> open,
            List<EnvRule> rules) {
        if (!(node instanceof Node.OfList list)) {
            problems.add(node, trail, "this is " + node.noun() + ", not a list of rules", "");
            return;
        }
        for (int i = 0; i < list.elements.size() && rulesRead <= RULES_MAX; i++) {
            rulesRead++;
            MappingNode.ofNode(list.elements.get(i), RunFileKey.Scope.RULE, trail.index(i), problems)
                    .ifPresent(rule -> readRule(rule, values, outer, open, rules));
        }
        if (rulesRead > RULES_MAX) {
            problems.add(node, trail, "more than " + RULES_MAX + " rules after all includes", "");
        }
    }

    private void readRule(
            MappingNode rule,
            Values values,
            List<Map<String, List<String>>> outer,
            Set<String> open,
            List<EnvRule> rules) {
        List<Map<String, List<String>>> guards = new ArrayList<>(outer);
        guard(rule, values).ifPresent(guards::add);
        // An include stands before what its own rule sets, as in scripthut.
        for (Node node : values.elements(rule, RULE_INCLUDE)) {
            values.text(node, rule.at(RULE_INCLUDE))
                    .ifPresent(name -> include(name, node, rule, values, guards, open, rules));
        }
        Map<String, String> set = variables(rule, RULE_SET, values);
        Map<String, String> append = variables(rule, RULE_APPEND, values);
        Optional<String> init = values.text(rule, RULE_INIT).filter(text -> !text.isBlank());
        if (!set.isEmpty() || !append.isEmpty() || init.isPresent()) {
            rules.add(new EnvRule(List.copyOf(guards), set, append, init));
        }
    }

    private void include(
            String name,
            Node node,
            MappingNode rule,
            Values values,
            List<Map<String, List<String>>> guards,
            Set<String> open,
            List<EnvRule> rules) {
        DocumentPath at = rule.at(RULE_INCLUDE);
        Node group = groups.get(name);
        if (group == null) {
            // scripthut finds groups in its server's configuration as well, and goes on without those it does not find.
            String hint = Suggest.didYouMean(name, groups.keySet());
            problems.warn(node, at, "there is no group " + Values.quoted(name) + ", so nothing is included", hint);
        } else if (open.size() >= INCLUDES_MAX) {
            problems.add(node, at, "groups include groups deeper than " + INCLUDES_MAX, "");
        } else if (!open.add(name)) {
            problems.add(node, at, "groups include each other: " + String.join(" -> ", open) + " -> " + name, "");
        } else {
            read(group, groupTrails.getOrDefault(name, DocumentPath.ROOT), values, guards, open, rules);
            open.remove(name);
        }
    }

    private Optional<Map<String, List<String>>> guard(MappingNode rule, Values values) {
        Optional<Node> node = rule.value(RULE_IF);
        if (node.isEmpty()) {
            return Optional.empty();
        }
        DocumentPath at = rule.at(RULE_IF);
        if (!(node.get() instanceof Node.OfMap map)) {
            problems.add(node.get(), at, "this is " + node.get().noun() + ", not a map", "write variables with values");
            return Optional.empty();
        }
        Map<String, List<String>> guard = new LinkedHashMap<>();
        for (Node.Entry entry : map.entries) {
            List<String> allowed = new ArrayList<>();
            List<Node> nodes = entry.value() instanceof Node.OfList list ? list.elements : List.of(entry.value());
            nodes.forEach(each -> values.text(each, at.key(entry.key())).ifPresent(allowed::add));
            guard.put(entry.key(), allowed);
        }
        return Optional.of(guard);
    }

    private Map<String, String> variables(MappingNode rule, RunFileKey key, Values values) {
        Map<String, String> variables = new LinkedHashMap<>();
        Optional<Node> node = rule.value(key);
        if (node.isEmpty()) {
            return variables;
        }
        Environments.variables(node.get(), rule.at(key), values).forEach((name, text) -> {
            if (name.startsWith(PROTECTED)) {
                problems.warn(node.get(), rule.at(key).key(name), name + " cannot be set; it is passed over", "");
            } else {
                variables.put(name, text);
            }
        });
        return variables;
    }
}
