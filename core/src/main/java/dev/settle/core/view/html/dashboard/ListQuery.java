package dev.settle.core.view.html.dashboard;

import dev.settle.core.text.Wildcard;
import dev.settle.core.view.RunList;
import java.util.Locale;
import java.util.Optional;

/**
 * Which runs a page of the list shows.
 *
 * @param name a name, or a pattern for names; empty for all
 * @param text in lower case; empty for all
 * @param page from 1 on
 */
public record ListQuery(Optional<String> state, String name, String text, int page) {
    /** Runs of one page. */
    public static final int ROWS_MAX = 50;

    private static final int TEXT_MAX = 200;

    public ListQuery {
        name = cut(name);
        text = cut(text).toLowerCase(Locale.ROOT);
        page = Math.max(1, page);
    }

    private static String cut(String words) {
        String text = words.strip();
        return text.substring(0, Math.min(text.length(), TEXT_MAX));
    }

    boolean isAskedFor(RunCard run) {
        String called = run.summary().name();
        return state.filter(word -> !word.equals(run.summary().state())).isEmpty()
                && (name.isEmpty() || called.equals(name) || new Wildcard(name).matches(called))
                && (text.isEmpty()
                        || has(run.summary().id())
                        || has(called)
                        || has(run.summary().headline())
                        || run.banner().why().filter(this::has).isPresent());
    }

    /** Of a run that cannot be read no name is known. */
    boolean isAskedFor(RunList.Unreadable run) {
        return state.filter(word -> !word.equals(run.state())).isEmpty()
                && name.isEmpty()
                && (text.isEmpty() || has(run.sentence()));
    }

    private boolean has(String words) {
        return words.toLowerCase(Locale.ROOT).contains(text);
    }

    String search() {
        StringBuilder search = new StringBuilder();
        state.ifPresent(word -> ItemQuery.add(search, "state", word));
        if (!name.isEmpty()) {
            ItemQuery.add(search, "name", name);
        }
        if (!text.isEmpty()) {
            ItemQuery.add(search, "text", text);
        }
        if (page > 1) {
            ItemQuery.add(search, "page", String.valueOf(page));
        }
        return search.length() == 0 ? "?" : search.toString();
    }

    ListQuery withState(Optional<String> other) {
        return new ListQuery(other, name, text, 1);
    }

    ListQuery withPage(int other) {
        return new ListQuery(state, name, text, other);
    }
}
