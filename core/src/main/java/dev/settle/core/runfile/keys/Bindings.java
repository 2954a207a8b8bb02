package dev.settle.core.runfile.keys;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The values of a run's parameters, and those that a matrix gives to its names, put into texts: {@code --lr {lr}}.
 *
 * <p>Only names that are declared are replaced, so that {@code {}}, {@code {a,b}} and awk programs stay what they
 * are; {@code ${lr}} is the shell's and stays as well. A name that only some combinations have is empty in the others, as
 * in GitHub Actions.
 */
public record Bindings(Set<String> declared, Map<String, String> values) {
    /** What a name can be. */
    public static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

    public static final Bindings NONE = new Bindings(Set.of(), Map.of());

    String apply(String text) {
        if (declared.isEmpty() || text.indexOf('{') < 0) {
            return text;
        }
        StringBuilder bound = new StringBuilder(text.length() + 16);
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf('{', at);
            int close = open < 0 ? -1 : text.indexOf('}', open);
            if (close < 0) {
                break;
            }
            String name = text.substring(open + 1, close);
            boolean shell = open > 0 && text.charAt(open - 1) == '$';
            if (declared.contains(name) && !shell) {
                bound.append(text, at, open).append(values.getOrDefault(name, ""));
                at = close + 1;
            } else {
                bound.append(text, at, open + 1);
                at = open + 1;
            }
        }
        return bound.append(text, at, text.length()).toString();
    }

    /** These values, and for names that they do not declare those around them. */
    public Bindings over(Bindings around) {
        if (around.declared.isEmpty()) {
            return this;
        }
        Set<String> names = new HashSet<>(around.declared);
        names.addAll(declared);
        Map<String, String> all = new HashMap<>(around.values);
        // A name of this one hides the other's, also where it has no value.
        all.keySet().removeAll(declared);
        all.putAll(values);
        return new Bindings(names, all);
    }

    /** Whether a text mentions a declared name, so that it differs between combinations. */
    public boolean mentions(String text) {
        return declared.stream().anyMatch(name -> {
            int at = text.indexOf("{" + name + "}");
            return at == 0 || (at > 0 && text.charAt(at - 1) != '$');
        });
    }
}
