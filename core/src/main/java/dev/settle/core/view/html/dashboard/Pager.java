package dev.settle.core.view.html.dashboard;

import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What of a long list is shown, with links to its other pages.
 *
 * @param words {@code 1–50 of 120 runs}
 * @param where {@code page 1 of 3}; empty where there is one page only
 * @param back the address of the page before
 * @param next the address of the page after it
 */
public record Pager(String words, String where, Optional<String> back, Optional<String> next) {
    static Pager empty(String words) {
        return new Pager(words, "", Optional.empty(), Optional.empty());
    }

    static Pager of(String words, int page, int last, IntFunction<String> search) {
        return last <= 1
                ? empty(words)
                : new Pager(
                        words,
                        "page " + page + " of " + last,
                        page > 1 ? Optional.of(search.apply(page - 1)) : Optional.empty(),
                        page < last ? Optional.of(search.apply(page + 1)) : Optional.empty());
    }
}
