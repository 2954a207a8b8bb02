package dev.settle.core.runfile;

import dev.settle.core.model.Variables;
import dev.settle.core.runfile.keys.MappingNode;
import dev.settle.core.runfile.keys.RunFileKey;
import dev.settle.core.runfile.keys.Values;
import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import dev.settle.core.runfile.tree.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Makes an item's environment out of the {@code env} of the run, of the defaults and of the item.
 *
 * <p>Where all of them are maps the variables are set as they are written. With a list of rules, and in scripthut's task
 * documents, the item runs in bash with a prologue as it has there: {@code init} first, then the exports, so that what
 * the rules set wins over what a module sets.
 */
final class Environments {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Set<String> OURS =
            Set.of("SETTLE_RUN_ID", "SETTLE_ITEM_ID", "SETTLE_ATTEMPT", "SETTLE_RESULT", "SETTLE_STOP");

    private static final String BASH = "#!/usr/bin/env bash\nset -o pipefail\n";
    private static final String BACKEND = "SCRIPTHUT_BACKEND";
    private static final String CREATED_AT = "SCRIPTHUT_CREATED_AT";

    /** The files that scripthut hands its tasks; here they lie beside the item's SETTLE_RESULT. */
    private static final String OUTPUT_FILES = """
            export SCRIPTHUT_OUTPUT_DIR="${SETTLE_RESULT%/*}/outputs"
            export SCRIPTHUT_TASK_SUMMARY="$SCRIPTHUT_OUTPUT_DIR/task-summary.md"
            export SCRIPTHUT_RUN_SUMMARY="$SCRIPTHUT_OUTPUT_DIR/run-summary.md"
            mkdir -p "$SCRIPTHUT_OUTPUT_DIR" 2>/dev/null || :
            """;

    private final List<Source> base;
    private final EnvRules rules;
    private final Form form;
    private final String workflow;
    private final Supplier<String> backend;

    private final Map<String, String> setups = new HashMap<>();

    /** The environment of items that have none of their own and no matrix. */
    private Optional<Map<String, String>> shared = Optional.empty();

    /** Whose conventions a document follows. */
    enum Form {
        OURS,
        /** scripthut's: tasks run in bash with pipefail. */
        TASKS
    }

    /** What an item runs with. */
    record Prepared(String script, Map<String, String> env, Optional<String> setup) {}

    /** Where an environment is written. */
    private record Source(MappingNode keyed, RunFileKey key) {
        Node node() {
            return Values.place(keyed, key);
        }

        DocumentPath trail() {
            return keyed.at(key);
        }

        boolean isRules() {
            return node() instanceof Node.OfList;
        }
    }

    /**
     * The environments of one document.
     *
     * @param above the documents whose {@code env} and {@code env_groups} apply, the outermost first
     * @param defaults the {@code defaults} that apply
     * @param workflow the run's name
     * @param backend asked once, and only when a rule depends on it
     */
    Environments(
            Problems problems,
            List<MappingNode> above,
            Optional<MappingNode> defaults,
            Form form,
            String workflow,
            Supplier<String> backend) {
        this.rules = new EnvRules(problems);
        this.base = new ArrayList<>();
        this.form = form;
        this.workflow = workflow;
        this.backend = backend;
        for (MappingNode document : above) {
            rules.addGroups(document);
            add(document, RunFileKey.RUN_ENV);
        }
        defaults.ifPresent(keyed -> add(keyed, RunFileKey.ENV));
    }

    private void add(MappingNode keyed, RunFileKey key) {
        if (keyed.has(key)) {
            base.add(new Source(keyed, key));
        }
    }

    /** Tells the problems of what no item may come to use. */
    void check(Values values) {
        rules.checkGroups(values);
        base.forEach(source -> {
            if (source.isRules()) {
                rules.read(source.node(), source.trail(), values);
            } else {
                variables(source.node(), source.trail(), values);
            }
        });
    }

    Prepared prepare(MappingNode item, Values values, String script, Optional<String> setup) {
        List<Source> sources = base;
        if (item.has(RunFileKey.ENV)) {
            sources = new ArrayList<>(base);
            sources.add(new Source(item, RunFileKey.ENV));
        }
        boolean plain = sources.stream().noneMatch(Source::isRules);
        if (plain && form == Form.OURS && !script.contains("SCRIPTHUT_")) {
            return new Prepared(script, plainVariables(sources, values), setup);
        }
        Prologue prologue = prologue(sources, values, script);
        String before = setup.map(text -> "\n" + text).orElse("");
        if (script.startsWith("#!")) {
            // Another interpreter may read the script: all of it runs in the shell that starts it.
            return new Prepared(script, Map.of(), Optional.of(prologue.all() + before));
        }
        String inBash = prologue.init.isEmpty() ? "" : prologue.init + prologue.exports;
        String inShell = prologue.seed + (prologue.init.isEmpty() ? prologue.exports : "");
        return new Prepared(
                BASH + inBash + script, Map.of(), Optional.of(setups.computeIfAbsent(inShell + before, text -> text)));
    }

    /** What runs before an item's own script: most of it is alike for many items, which then share the text. */
    private record Prologue(String seed, String init, String exports) {
        String all() {
            return seed + init + exports;
        }
    }

    private Map<String, String> plainVariables(List<Source> sources, Values values) {
        boolean alike =
                sources.size() == base.size() && values.bindings.declared().isEmpty();
        if (alike && shared.isPresent()) {
            return shared.get();
        }
        Map<String, String> variables = new LinkedHashMap<>();
        sources.forEach(source -> variables.putAll(variables(source.node(), source.trail(), values)));
        Map<String, String> frozen = Variables.copyOf(variables);
        if (alike) {
            shared = Optional.of(frozen);
        }
        return frozen;
    }

    private Prologue prologue(List<Source> sources, Values values, String script) {
        List<EnvRule> all = new ArrayList<>();
        for (Source source : sources) {
            if (source.isRules()) {
                all.addAll(rules.read(source.node(), source.trail(), values));
            } else {
                Map<String, String> literals = new LinkedHashMap<>();
                variables(source.node(), source.trail(), values)
                        .forEach((name, text) -> literals.put(name, EnvRule.literal(text)));
                all.add(new EnvRule(List.of(), literals, Map.of(), Optional.empty()));
            }
        }
        String backendName = backend.get();
        Map<String, String> seed = new LinkedHashMap<>();
        seed.put(BACKEND, EnvRule.literal(backendName));
        seed.put("SCRIPTHUT_WORKFLOW", EnvRule.literal(workflow));
        seed.put("SCRIPTHUT_RUN_ID", "${SETTLE_RUN_ID}");
        EnvRule.Result result = EnvRule.evaluate(all, seed);
        StringBuilder first = new StringBuilder();
        seed.forEach((name, value) -> first.append(EnvRule.export(name, value)));
        boolean dated = (script + result.init() + result.exports()).contains(CREATED_AT);
        first.append(dated ? "export " + CREATED_AT + "=\"$(date -u +%Y-%m-%dT%H:%M:%S+00:00)\"\n" : "");
        first.append(OUTPUT_FILES);
        StringBuilder last = new StringBuilder();
        result.exports().forEach((name, value) -> last.append(EnvRule.export(name, value)));
        return new Prologue(first.toString(), result.init().isEmpty() ? "" : result.init() + "\n", last.toString());
    }

    /** A map of variables as it is written. */
    static Map<String, String> variables(Node node, DocumentPath trail, Values values) {
        Problems problems = values.problems;
        Map<String, String> variables = new LinkedHashMap<>();
        if (!(node instanceof Node.OfMap map)) {
            problems.add(node, trail, "this is " + node.noun() + ", not a map of variables", "write {NAME: value}");
            return variables;
        }
        for (Node.Entry entry : map.entries) {
            DocumentPath at = trail.key(entry.key());
            if (!NAME.matcher(entry.key()).matches()) {
                problems.add(
                        entry.line(),
                        entry.column(),
                        at,
                        Values.quoted(entry.key()) + " is not the name of a variable",
                        "use letters, digits and _, not a digit first");
            } else if (OURS.contains(entry.key())) {
                problems.add(entry.line(), entry.column(), at, "settle sets " + entry.key() + " itself", "");
            } else if (entry.value().kind() == Node.Kind.NULL) {
                problems.add(
                        entry.line(), entry.column(), at, "a variable without a value", "for an empty one write \"\"");
            } else {
                values.text(entry.value(), at).ifPresent(text -> variables.put(entry.key(), text));
            }
        }
        return variables;
    }
}
