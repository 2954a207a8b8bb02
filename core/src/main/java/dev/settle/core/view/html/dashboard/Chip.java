package dev.settle.core.view.html.dashboard;

/**
 * A link that filters by a state.
 *
 * @param search the end of the address
 * @param current {@code true} in quotes, as the attribute wants it; empty for the others
 */
public record Chip(String word, long count, String search, String current) {
    static Chip of(String word, long count, String search, boolean chosen) {
        return new Chip(word, count, search, chosen ? "true" : "");
    }
}
