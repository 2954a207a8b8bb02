package dev.settle.core.view.html.dashboard;

/**
 * A link that filters by a state.
 *
 * @param search the end of the address
 * @param current whether this is the filter now
 */
public record Chip(String word, long count, String search, boolean current) {
    static final String ALL = "all";

    /** The class that gives a state its mark and colour. */
    public String css() {
        return word.equals(ALL) ? "" : "s " + word;
    }
}
