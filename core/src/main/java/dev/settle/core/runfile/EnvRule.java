package dev.settle.core.runfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One rule of an environment, as scripthut's task documents have it.
 *
 * @param guards every variable has to have one of its values
 * @param set texts for double quotes of a shell, {@code ${name}} still in them
 * @param append joined with a colon to what is there
 * @param init shell text that runs before the variables are set
 */
record EnvRule(
        List<Map<String, List<String>>> guards,
        Map<String, String> set,
        Map<String, String> append,
        Optional<String> init) {

    /** The variables and the shell text that rules come to. */
    record Result(Map<String, String> exports, String init) {}

    /**
     * Goes through the rules in order. {@code ${name}} is replaced by what the name holds so far; a name that no rule has
     * set stays, for the shell of the job to say.
     *
     * @param seed what is set before the first rule
     */
    static Result evaluate(List<EnvRule> rules, Map<String, String> seed) {
        Map<String, String> soFar = new LinkedHashMap<>(seed);
        Map<String, String> exports = new LinkedHashMap<>();
        List<String> inits = new ArrayList<>();
        for (EnvRule rule : rules) {
            if (!rule.guards.stream().allMatch(guard -> holds(guard, soFar))) {
                continue;
            }
            rule.set.forEach((name, raw) -> {
                String value = expand(raw, soFar);
                soFar.put(name, value);
                exports.put(name, value);
            });
            rule.append.forEach((name, raw) -> {
                String added = expand(raw, soFar);
                String before = soFar.get(name);
                // What the job's own environment holds, PATH above all, is not thrown away.
                String value = before == null
                        ? "${" + name + ":+${" + name + "}:}" + added
                        : before.isEmpty() ? added : before + ":" + added;
                soFar.put(name, value);
                exports.put(name, value);
            });
            rule.init.ifPresent(text -> inits.add(expand(text, soFar)));
        }
        return new Result(exports, String.join("\n", inits));
    }

    private static boolean holds(Map<String, List<String>> guard, Map<String, String> soFar) {
        return guard.entrySet().stream().allMatch(entry -> {
            String value = soFar.get(entry.getKey());
            return value != null && entry.getValue().contains(value);
        });
    }

    private static String expand(String text, Map<String, String> soFar) {
        if (!text.contains("${")) {
            return text;
        }
        StringBuilder expanded = new StringBuilder();
        boolean escaped = false;
        int at = 0;
        while (at < text.length()) {
            int close = !escaped && text.startsWith("${", at) ? text.indexOf('}', at) : -1;
            String value = close < 0 ? null : soFar.get(text.substring(at + 2, close));
            if (value != null) {
                expanded.append(value);
                at = close + 1;
            } else {
                char character = text.charAt(at++);
                escaped = character == '\\' && !escaped;
                expanded.append(character);
            }
        }
        return expanded.toString();
    }

    /** A text that a shell reads as it is between double quotes. */
    static String literal(String text) {
        return text.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("$", "\\$")
                .replace("`", "\\`");
    }

    /** {@code export NAME="VALUE"}: variables and commands in the value are the shell's, quotes are the value's own. */
    static String export(String name, String value) {
        StringBuilder line = new StringBuilder("export ").append(name).append("=\"");
        boolean escaped = false;
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            if (character == '"' && !escaped) {
                line.append('\\');
            }
            escaped = character == '\\' && !escaped;
            line.append(character);
        }
        return line.append(escaped ? "\\" : "").append("\"\n").toString();
    }
}
