package dev.settle.app;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Sets of top-level classes of one package of which each reaches every other. */
final class ClassKnots {
    private final Map<String, Set<String>> uses = new TreeMap<>();

    private ClassKnots() {}

    /** The simple names of the classes of each knot. */
    static List<Set<String>> of(JavaClasses classes, Predicate<JavaClass> which) {
        ClassKnots graph = new ClassKnots();
        classes.stream().filter(which).forEach(graph::add);
        return graph.knots();
    }

    private void add(JavaClass type) {
        Set<String> used = uses.computeIfAbsent(topLevel(type), name -> new TreeSet<>());
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
            JavaClass target = dependency.getTargetClass().getBaseComponentType();
            if (target.getPackageName().equals(type.getPackageName())) {
                used.add(topLevel(target));
            }
        }
    }

    private static String topLevel(JavaClass type) {
        return type.getName().split("[$]", 2)[0];
    }

    private List<Set<String>> knots() {
        Map<String, Set<String>> reached = new TreeMap<>();
        uses.keySet().forEach(name -> reached.put(name, reachedFrom(name)));
        List<Set<String>> knots = new ArrayList<>();
        for (String name : uses.keySet()) {
            Set<String> knot = new TreeSet<>();
            for (String other : reached.getOrDefault(name, Set.of())) {
                if (reached.getOrDefault(other, Set.of()).contains(name)) {
                    knot.add(other.substring(other.lastIndexOf('.') + 1));
                }
            }
            if (knot.size() > 1) {
                knots.add(knot);
            }
        }
        return knots.stream().distinct().toList();
    }

    private Set<String> reachedFrom(String name) {
        Set<String> reached = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(uses.getOrDefault(name, Set.of()));
        while (!open.isEmpty()) {
            String next = open.remove();
            if (reached.add(next)) {
                open.addAll(uses.getOrDefault(next, Set.of()));
            }
        }
        return reached;
    }
}
