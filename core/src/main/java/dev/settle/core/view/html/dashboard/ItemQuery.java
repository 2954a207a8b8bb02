package dev.settle.core.view.html.dashboard;

import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.view.RunView;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which items of a run a page shows.
 *
 * @param text in lower case; empty for all
 * @param page from 1 on
 */
public record ItemQuery(Optional<ItemState> state, String text, int page) {
    /** Items of one page. */
    public static final int ROWS_MAX = 500;

    private static final int TEXT_MAX = 200;

    public ItemQuery {
        text = text.strip().toLowerCase(Locale.ROOT);
        text = text.substring(0, Math.min(text.length(), TEXT_MAX));
        page = Math.max(1, page);
    }

    /** Empty for all. */
    public String stateWord() {
        return state.map(ItemState::word).orElse("");
    }

    /** All items that are asked for, on whatever page, in the order of the plan. */
    List<Item> matching(RunView view) {
        return state.isEmpty() && text.isEmpty()
                ? view.items()
                : view.items().stream().filter(this::isAskedFor).toList();
    }

    /** Those of this page. */
    public List<Item> page(RunView view) {
        List<Item> all = matching(view);
        int from = Math.min(all.size(), (page - 1) * ROWS_MAX);
        return all.subList(from, Math.min(all.size(), from + ROWS_MAX));
    }

    private boolean isAskedFor(Item item) {
        return (state.isEmpty() || state.get() == item.state()) && (text.isEmpty() || says(item));
    }

    private boolean says(Item item) {
        return has(item.id().value())
                || has(item.plan().name())
                || item.attempt().jobId().map(JobId::toString).filter(this::has).isPresent()
                || item.attempt().node().filter(this::has).isPresent()
                || item.phrase().filter(this::has).isPresent()
                || item.message().filter(this::has).isPresent();
    }

    private boolean has(String words) {
        return words.toLowerCase(Locale.ROOT).contains(text);
    }

    /** The end of an address that asks for this. */
    String search() {
        StringBuilder search = new StringBuilder();
        state.ifPresent(one -> add(search, "state", one.word()));
        if (!text.isEmpty()) {
            add(search, "text", text);
        }
        if (page > 1) {
            add(search, "page", String.valueOf(page));
        }
        return search.length() == 0 ? "?" : search.toString();
    }

    static void add(StringBuilder search, String name, String value) {
        search.append(search.length() == 0 ? '?' : '&')
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
}
