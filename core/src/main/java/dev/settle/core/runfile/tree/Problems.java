package dev.settle.core.runfile.tree;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Gathers what is wrong with one file, up to a bound, in the order of the file. */
public final class Problems {
    /** More are counted, not listed: nobody fixes the second hundred before the first. */
    static final int LISTED_MAX = 100;

    private final String file;
    private final List<At> errors = new ArrayList<>();
    private final List<At> warnings = new ArrayList<>();
    private final Set<String> told = new HashSet<>();
    private int errorCount;
    private int warningCount;

    private record At(int line, int column, Problem problem) {}

    public Problems(String file) {
        this.file = file;
    }

    public boolean none() {
        return errorCount == 0;
    }

    /** How many were found up to now. */
    public int count() {
        return errorCount;
    }

    /** Whether a further problem would only be counted, so that its hint is not worth the search. */
    public boolean isFull() {
        return errorCount >= LISTED_MAX;
    }

    public void add(Node node, DocumentPath trail, String message, String hint) {
        add(node.line, node.column, trail, message, hint);
    }

    public void add(int line, int column, DocumentPath trail, String message, String hint) {
        if (isFull()) {
            errorCount++;
        } else if (isNew(line, column, message)) {
            errorCount++;
            errors.add(new At(line, column, problem(line, column, trail, message, hint)));
        }
    }

    public void warn(Node node, DocumentPath trail, String message, String hint) {
        if (warningCount >= LISTED_MAX) {
            warningCount++;
        } else if (isNew(node.line, node.column, message)) {
            warningCount++;
            warnings.add(new At(node.line, node.column, problem(node.line, node.column, trail, message, hint)));
        }
    }

    /** A default is read for each item, an alias at each place: their problem is one. */
    private boolean isNew(int line, int column, String message) {
        return line <= 0 || told.add(line + ":" + column + ":" + message);
    }

    public List<Problem> errors() {
        return listed(errors, errorCount, "problems");
    }

    public List<Problem> warnings() {
        return listed(warnings, warningCount, "warnings");
    }

    private List<Problem> listed(List<At> found, int count, String noun) {
        List<Problem> sorted = new ArrayList<>(found.stream()
                .sorted(Comparator.comparingInt(At::line).thenComparingInt(At::column))
                .map(At::problem)
                .toList());
        if (count > LISTED_MAX) {
            sorted.add(new Problem(file, "", (count - LISTED_MAX) + " more " + noun, Optional.empty()));
        }
        return sorted;
    }

    private Problem problem(int line, int column, DocumentPath trail, String message, String hint) {
        String place = line > 0 ? file + ":" + line + ":" + column : file;
        return new Problem(place, trail.toString(), message, hint.isEmpty() ? Optional.empty() : Optional.of(hint));
    }
}
