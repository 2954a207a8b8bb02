package dev.settle.core.model;

import java.util.Optional;

/** A constant that files, documents and users name by a word. */
public interface WireName {
    /** The word; no other constant of its kind has it. */
    String word();

    /** The constant that the word names, if one does. */
    static <T extends WireName> Optional<T> find(T[] all, String word) {
        for (T each : all) {
            if (each.word().equals(word)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
