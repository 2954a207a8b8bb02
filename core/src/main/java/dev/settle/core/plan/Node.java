package dev.settle.core.plan;

import java.util.List;

/**
 * A value of a run file with its place, whether it was written as YAML or as JSON.
 *
 * <p>An alias is the very node of its anchor, so that a document of aliases costs no memory.
 */
abstract sealed class Node {
    /** From 1; 0 when not known. */
    final int line;

    /** From 1; 0 when not known. */
    final int column;

    /** How many nodes this one stands for when all aliases are followed. */
    final long weight;

    private Node(int line, int column, long weight) {
        this.line = line;
        this.column = column;
        this.weight = weight;
    }

    abstract Kind kind();

    /** What it is, as messages call it: {@code a list}. */
    String noun() {
        return kind().noun;
    }

    enum Kind {
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
    static final class OfMap extends Node {
        final List<Entry> entries;

        OfMap(int line, int column, long weight, List<Entry> entries) {
            super(line, column, weight);
            this.entries = entries;
        }

        @Override
        Kind kind() {
            return Kind.MAP;
        }
    }

    /** A key with its own place, and its value. */
    record Entry(String key, int line, int column, Node value) {}

    static final class OfList extends Node {
        final List<Node> elements;

        OfList(int line, int column, long weight, List<Node> elements) {
            super(line, column, weight);
            this.elements = elements;
        }

        @Override
        Kind kind() {
            return Kind.LIST;
        }
    }

    /** A text, a number, a truth value or nothing, with the text as it was written: {@code 1e-3} stays that. */
    static final class Scalar extends Node {
        final String text;
        private final Kind kind;

        Scalar(int line, int column, Kind kind, String text) {
            super(line, column, 1);
            this.kind = kind;
            this.text = text;
        }

        @Override
        Kind kind() {
            return kind;
        }
    }
}
