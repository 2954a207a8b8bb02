package dev.settle.core.runfile;

import dev.settle.core.runfile.keys.Bindings;
import dev.settle.core.runfile.keys.MappingNode;
import dev.settle.core.runfile.keys.RunFileKey;
import dev.settle.core.runfile.keys.Values;
import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import dev.settle.core.runfile.tree.Problems;
import dev.settle.core.text.Suggest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * The combinations of a matrix, with {@code include} and {@code exclude} as GitHub Actions defines them
 * (docs.github.com, "Running variations of jobs in a workflow").
 */
final class Matrix {
    /** A matrix with more is a slip of the pen. */
    static final int COMBINATIONS_MAX = 1_000_000;

    private static final double COMPARISONS_MAX = 100_000_000;

    private static final String INCLUDE = "include";
    private static final String EXCLUDE = "exclude";

    private static final Pattern NOT_IN_ID = Pattern.compile("[^A-Za-z0-9._+:@-]");

    /** Longer values are cut in ids. */
    private static final int VALUE_IN_ID_MAX = 60;

    private final Map<Map.Entry<String, String>, String> inIds = new HashMap<>();
    private final Map<String, Map<String, Integer>> plains = new HashMap<>();
    private final Values values;
    private final Problems problems;
    private final Map<String, List<String>> axes = new LinkedHashMap<>();
    private final List<Map<String, String>> includes = new ArrayList<>();
    private final List<Map<String, String>> excludes = new ArrayList<>();

    /**
     * One item's values.
     *
     * @param suffix what the combination adds to the id: {@code [lr=0.1,seed=1]}
     */
    record Combination(Bindings bindings, String suffix) {}

    private Matrix(Problems problems, Bindings params) {
        this.problems = problems;
        this.values = new Values(problems, params, java.nio.file.Path.of("/"));
    }

    /**
     * The combinations in order, the last name varying fastest; none after a problem.
     *
     * @param params the run's parameters, which values may name
     */
    static List<Combination> of(MappingNode item, Bindings params, Problems problems) {
        Node node = Values.place(item, RunFileKey.MATRIX);
        DocumentPath trail = item.at(RunFileKey.MATRIX);
        if (!(node instanceof Node.OfMap map)) {
            problems.add(node, trail, "this is " + node.noun() + ", not a map", "write names with lists of values");
            return List.of();
        }
        int problemsBefore = problems.count();
        Matrix matrix = new Matrix(problems, params);
        matrix.read(map, trail);
        matrix.checkExcludes(node, trail);
        List<Combination> combinations = matrix.isTooLarge() ? List.of() : matrix.combinations();
        if (matrix.isTooLarge()) {
            problems.add(
                    node,
                    trail,
                    "more than " + COMBINATIONS_MAX + " combinations, or too many includes and excludes",
                    "");
        } else if (combinations.isEmpty() && problems.count() == problemsBefore) {
            problems.add(node, trail, "this matrix leaves no combination", "");
        }
        return combinations;
    }

    /** In place of combinations that a wrong matrix does not give: values that fit wherever a name may stand. */
    static Bindings standIn(MappingNode item) {
        Map<String, String> values = new HashMap<>();
        if (Values.place(item, RunFileKey.MATRIX) instanceof Node.OfMap map) {
            map.entries.forEach(entry -> values.put(entry.key(), "1"));
        }
        return new Bindings(values.keySet(), values);
    }

    private void read(Node.OfMap map, DocumentPath trail) {
        for (Node.Entry entry : map.entries) {
            DocumentPath at = trail.key(entry.key());
            if (entry.key().equals(INCLUDE)) {
                includes.addAll(sets(entry.value(), at));
            } else if (entry.key().equals(EXCLUDE)) {
                excludes.addAll(sets(entry.value(), at));
            } else if (!Bindings.NAME.matcher(entry.key()).matches()) {
                problems.add(
                        entry.line(), entry.column(), at, "not a name", "use letters, digits, _ and -, a letter first");
            } else {
                axes.put(entry.key(), axis(entry.value(), at));
            }
        }
    }

    private List<String> axis(Node node, DocumentPath at) {
        if (!(node instanceof Node.OfList list)) {
            String hint = node instanceof Node.Scalar scalar ? "write [" + scalar.text + "]" : "";
            problems.add(node, at, "this is " + node.noun() + ", not a list", hint);
            return List.of();
        }
        if (list.elements.isEmpty()) {
            problems.add(node, at, "a list without values", "");
        }
        Set<String> seen = new LinkedHashSet<>();
        for (Node element : list.elements) {
            Optional<String> text = values.text(element, at.index(seen.size()));
            if (text.isPresent() && !seen.add(text.get())) {
                problems.add(element, at, Values.quoted(text.get()) + " is there twice", "");
            }
        }
        return List.copyOf(seen);
    }

    /** The maps of {@code include} or {@code exclude}. */
    private List<Map<String, String>> sets(Node node, DocumentPath at) {
        List<Map<String, String>> sets = new ArrayList<>();
        if (node.kind() == Node.Kind.NULL) {
            return sets;
        }
        if (!(node instanceof Node.OfList list)) {
            problems.add(node, at, "this is " + node.noun() + ", not a list", "write a list of maps");
            return sets;
        }
        for (Node element : list.elements) {
            if (!(element instanceof Node.OfMap map)) {
                problems.add(element, at, "this is " + element.noun() + ", not a map", "write names with values");
                continue;
            }
            Map<String, String> set = new LinkedHashMap<>();
            for (Node.Entry entry : map.entries) {
                if (Bindings.NAME.matcher(entry.key()).matches()) {
                    values.text(entry.value(), at.key(entry.key())).ifPresent(text -> set.put(entry.key(), text));
                } else {
                    problems.add(entry.line(), entry.column(), at.key(entry.key()), "not a name", "");
                }
            }
            if (map.entries.isEmpty()) {
                problems.add(element, at, "a map without names", "leave it out");
            }
            sets.add(set);
        }
        return sets;
    }

    /** An exclude that names what the matrix does not have excludes nothing: a slip of the pen. */
    private void checkExcludes(Node node, DocumentPath trail) {
        for (Map<String, String> set : excludes) {
            for (String name : set.keySet()) {
                if (!axes.containsKey(name)) {
                    problems.warn(
                            node,
                            trail.key(EXCLUDE),
                            Values.quoted(name) + " is no name of the matrix, so nothing is excluded",
                            Suggest.didYouMean(name, axes.keySet()));
                }
            }
        }
    }

    private boolean isTooLarge() {
        double product = axes.isEmpty() ? 0 : 1;
        for (List<String> axis : axes.values()) {
            product *= axis.size();
        }
        // Each include and exclude is held against each combination.
        return product + includes.size() > COMBINATIONS_MAX
                || product * (includes.size() + excludes.size()) > COMPARISONS_MAX;
    }

    private List<Combination> combinations() {
        List<Map<String, String>> products = new ArrayList<>();
        if (!axes.isEmpty()) {
            products.add(Map.of());
        }
        axes.forEach((name, texts) -> multiply(products, name, texts));
        products.removeIf(product -> excludes.stream().anyMatch(set -> isPartOf(set, product)));

        // Includes see the combinations as they are after the excludes, and never change a value of the matrix itself.
        List<Map<String, String>> extended = new ArrayList<>();
        products.forEach(product -> extended.add(new LinkedHashMap<>(product)));
        List<Map<String, String>> additional = new ArrayList<>();
        for (Map<String, String> include : includes) {
            boolean placed = false;
            for (int i = 0; i < products.size(); i++) {
                if (fits(include, products.get(i))) {
                    extended.get(i).putAll(include);
                    placed = true;
                }
            }
            if (!placed) {
                additional.add(include);
            }
        }
        return withSuffixes(products, extended, additional);
    }

    private List<Combination> withSuffixes(
            List<Map<String, String>> products,
            List<Map<String, String>> extended,
            List<Map<String, String>> additional) {
        Set<String> declared = new LinkedHashSet<>(axes.keySet());
        includes.forEach(include -> declared.addAll(include.keySet()));
        List<Combination> combinations = new ArrayList<>(products.size() + additional.size());
        for (int i = 0; i < products.size(); i++) {
            // The suffix is made of the matrix's own names: ids stay when an include adds to a combination.
            combinations.add(new Combination(new Bindings(declared, extended.get(i)), suffix(products.get(i))));
        }
        additional.forEach(each -> combinations.add(new Combination(new Bindings(declared, each), suffix(each))));
        return combinations;
    }

    private static void multiply(List<Map<String, String>> products, String name, List<String> texts) {
        List<Map<String, String>> longer = new ArrayList<>(products.size() * texts.size());
        for (Map<String, String> product : products) {
            for (String text : texts) {
                Map<String, String> next = new LinkedHashMap<>(product);
                next.put(name, text);
                longer.add(next);
            }
        }
        products.clear();
        products.addAll(longer);
    }

    /** An exclude that names only some of the values excludes all combinations that have them. */
    private static boolean isPartOf(Map<String, String> set, Map<String, String> product) {
        return set.entrySet().stream().allMatch(entry -> entry.getValue().equals(product.get(entry.getKey())));
    }

    /** Whether an include can be added without changing a value of the matrix itself. */
    private boolean fits(Map<String, String> include, Map<String, String> product) {
        return include.entrySet().stream()
                .filter(entry -> axes.containsKey(entry.getKey()))
                .allMatch(entry -> entry.getValue().equals(product.get(entry.getKey())));
    }

    /** {@code [lr=0.1,seed=1]}. */
    private String suffix(Map<String, String> values) {
        StringJoiner parts = new StringJoiner(",", "[", "]");
        values.forEach((name, text) -> parts.add(name + "="
                + inIds.computeIfAbsent(Map.entry(name, text), value -> inId(value.getKey(), value.getValue()))));
        return parts.toString();
    }

    /**
     * A value as ids have it: what an id cannot hold becomes {@code _}. Where that would make two values of a name alike,
     * and where a value is long, its checksum tells it from the others, whatever their order.
     */
    private String inId(String name, String text) {
        String plain = plain(text);
        boolean alike = !plain.equals(text)
                && plains.computeIfAbsent(name, this::countPlains).getOrDefault(plain, 0) > 1;
        if (!alike && plain.length() <= VALUE_IN_ID_MAX) {
            return plain;
        }
        CRC32 sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return plain.substring(0, Math.min(plain.length(), VALUE_IN_ID_MAX)) + "-" + Long.toHexString(sum.getValue());
    }

    /** How many values of a name are alike in ids. */
    private Map<String, Integer> countPlains(String name) {
        Map<String, Integer> counts = new HashMap<>();
        axes.getOrDefault(name, List.of()).forEach(text -> counts.merge(plain(text), 1, Integer::sum));
        return counts;
    }

    private static String plain(String text) {
        return NOT_IN_ID.matcher(text).replaceAll("_");
    }
}
