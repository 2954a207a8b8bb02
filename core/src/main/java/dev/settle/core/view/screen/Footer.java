package dev.settle.core.view.screen;

import dev.settle.core.view.Line;
import dev.settle.core.view.RunView;
import dev.settle.core.view.Style;
import dev.settle.core.view.Text;
import java.util.ArrayList;
import java.util.List;

/** The last line of the screen: which keys do what, or a question. */
final class Footer {
    private static final String GAP = "  ";

    /** What is left out last stands first: help leads to all others. */
    private static final List<String> ITEM_KEYS = List.of(
            "? help", "q quit", "/ search", "f filter", "l log", "e explain", "c cancel", "d detach", "arrows select");

    private static final List<String> LIST_KEYS = List.of(
            "? help", "Esc overview", "l log", "e explain", "c cancel", "f filter", "/ search", "d detach", "q quit");

    private static final List<String> LOG_KEYS =
            List.of("Esc back", "s other stream", "arrows scroll", "G follow", "e explain", "d detach");

    private static final List<String> PAGE_KEYS = List.of("Esc back", "arrows scroll", "d detach");

    private static final int ID_ROOM_MIN = 5;

    private Footer() {}

    static Line of(RunView view, ScreenState state, int columns) {
        return switch (state.mode()) {
            case ITEMS -> keys(state.isOverview() ? ITEM_KEYS : LIST_KEYS, columns);
            case SEARCH ->
                Line.of(Style.STRONG, "/" + state.search() + "_")
                        .and(Style.FAINT, GAP + "Enter keeps it, Esc clears it");
            case CANCEL -> Line.of(Style.WARN, question(view, state, columns));
            case LOG -> keys(LOG_KEYS, columns);
            case EXPLAIN, HELP -> keys(PAGE_KEYS, columns);
        };
    }

    /** The answers are in sight in narrow windows as well. */
    private static String question(RunView view, ScreenState state, int columns) {
        String ask = "Cancel ";
        if (state.selected().isPresent()) {
            String answers = "? [y]es, [r] whole run, [n]o";
            int room = Math.max(ID_ROOM_MIN, columns - ask.length() - answers.length());
            return ask + ShortId.fit(state.selected().get().value(), room) + answers;
        }
        String open = " (" + Text.count(view.counts().open(), "open item") + ")";
        String question = ask + "the whole run" + open + "? [y]es, [n]o";
        return Text.width(question) <= columns ? question : ask + "the whole run? [y]es, [n]o";
    }

    private static Line keys(List<String> keys, int columns) {
        List<String> fitting = new ArrayList<>();
        int width = 0;
        for (String key : keys) {
            width += Text.width(key) + (fitting.isEmpty() ? 0 : GAP.length());
            if (width > columns) {
                break;
            }
            fitting.add(key);
        }
        return Line.of(Style.FAINT, String.join(GAP, fitting));
    }
}
