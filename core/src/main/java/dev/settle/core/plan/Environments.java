package dev.settle.core.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Makes an item's environment out of the {@code env} of the run, of the defaults and of the item.
 *
 * <p>Where all of them are maps the variables are set as they are written. A list of rules becomes a bash prologue of the
 * item's script, as scripthut has it: {@code init} first, then the exports.
 */
final class Environments {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Set<String> OURS =
            Set.of("SETTLE_RUN_ID", "SETTLE_ITEM_ID", "SETTLE_ATTEMPT", "SETTLE_RESULT", "SETTLE_STOP");

    private final Problems problems;
    private final Optional<Keyed> run;

    /** What an item runs with. */
    record Prepared(String script, Map<String, String> env, Optional<String> setup) {}

    Environments(Problems problems, Optional<Keyed> run) {
        this.problems = problems;
        this.run = run;
    }

    Prepared prepare(Keyed item, Optional<Keyed> defaults, Values values, String script, Optional<String> setup) {
        List<Source> sources = new ArrayList<>(3);
        run.filter(keyed -> keyed.has(RunFileKey.RUN_ENV))
                .ifPresent(keyed -> sources.add(new Source(keyed, RunFileKey.RUN_ENV)));
        defaults.filter(keyed -> keyed.has(RunFileKey.ENV))
                .ifPresent(keyed -> sources.add(new Source(keyed, RunFileKey.ENV)));
        if (item.has(RunFileKey.ENV)) {
            sources.add(new Source(item, RunFileKey.ENV));
        }
        Map<String, String> env = new LinkedHashMap<>();
        for (Source source : sources) {
            env.putAll(variables(source.node(), source.trail(), values));
        }
        return new Prepared(script, env, setup);
    }

    private record Source(Keyed keyed, RunFileKey key) {
        Node node() {
            return Values.place(keyed, key);
        }

        Trail trail() {
            return keyed.at(key);
        }
    }

    /** A map of variables as it is written. */
    Map<String, String> variables(Node node, Trail trail, Values values) {
        Map<String, String> variables = new LinkedHashMap<>();
        if (!(node instanceof Node.OfMap map)) {
            problems.add(node, trail, "this is " + node.noun() + ", not a map of variables", "");
            return variables;
        }
        for (Node.Entry entry : map.entries) {
            Trail at = trail.key(entry.key());
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
