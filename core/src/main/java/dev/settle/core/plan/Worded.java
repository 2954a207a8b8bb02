package dev.settle.core.plan;

import java.util.Optional;

/** A constant that files, documents and users name by a word. */
public interface Worded {
    /** The word; no other constant of its kind has it. */
    String word();

    /** The constant that the word names, if one does. */
    static <T extends Worded> Optional<T> find(T[] all, String word) {
        for (T each : all) {
            if (each.word().equals(word)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
