package dev.settle.core.runfile.tree;

import java.util.List;

/**
 * A value of a run file with its place, whether it was written as YAML or as JSON.
 *
 * <p>An alias is the very node of its anchor, so that a document of aliases costs no memory.
 */
public abstract sealed class Node {
    /** From 1; 0 when not known. */
    public final int line;

    /** From 1; 0 when not known. */
    public final int column;

    /** How many nodes this one stands for when all aliases are followed. */
    final long weight;

    private Node(int line, int column, long weight) {
        this.line = line;
        this.column = column;
        this.weight = weight;
    }

    public abstract Kind kind();

    /** What it is, as messages call it: {@code a list}. */
    public String noun() {
        return kind().noun;
    }

    public enum Kind {
        MAP("a map"),
        LIST("a list"),
        TEXT("a text"),
        NUMBER("a number"),
        BOOLEAN("true or false"),
        NULL("nothing");

        private final String noun;

        Kind(String noun) {
            this.noun = noun;
        }
    }

    /** Keys and values in the order of the file, each key once. */
    public static final class OfMap extends Node {
        public final List<Entry> entries;

        public OfMap(int line, int column, long weight, List<Entry> entries) {
            super(line, column, weight);
            this.entries = entries;
        }

        @Override
        public Kind kind() {
            return Kind.MAP;
        }
    }

    /** A key with its own place, and its value. */
    public record Entry(String key, int line, int column, Node value) {}

    public static final class OfList extends Node {
        public final List<Node> elements;

        public OfList(int line, int column, long weight, List<Node> elements) {
            super(line, column, weight);
            this.elements = elements;
        }

        @Override
        public Kind kind() {
            return Kind.LIST;
        }
    }

    /** A text, a number, a truth value or nothing, with the text as it was written: {@code 1e-3} stays that. */
    public static final class Scalar extends Node {
        public final String text;
        private final Kind kind;

        public Scalar(int line, int column, Kind kind, String text) {
            super(line, column, 1);
            this.kind = kind;
            this.text = text;
        }

        @Override
        public Kind kind() {
            return kind;
        }
    }
}
