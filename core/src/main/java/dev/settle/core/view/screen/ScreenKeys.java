package dev.settle.core.view.screen;

import dev.settle.core.model.ItemId;
import dev.settle.core.view.screen.ScreenState.Mode;
import dev.settle.core.view.screen.ScreenState.Stream;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a key does: what is looked at next, and what the program is to do. */
public final class ScreenKeys {
    /**
     * What is on the screen when a key is pressed.
     *
     * @param listed the items that can be selected, in their order
     * @param filters the sections that have any item
     * @param rows how many lines of items or of a page are in sight
     * @param page what stands in place of the items
     */
    public record Scene(List<ItemId> listed, Set<Section> filters, int rows, Page page) {}

    /** What comes of a key. */
    public record Step(ScreenState state, Optional<ScreenAction> action) {
        static Step to(ScreenState state) {
            return new Step(state, Optional.empty());
        }

        static Step asks(ScreenState state, ScreenAction action) {
            return new Step(state, Optional.of(action));
        }
    }

    private ScreenKeys() {}

    public static Step press(ScreenState state, Key key, Scene scene) {
        if (key.kind() == Key.Kind.REDRAW) {
            return Step.asks(state, new ScreenAction.Redraw());
        }
        return switch (state.mode()) {
            case ITEMS -> items(state, key, scene);
            case SEARCH -> search(state, key, scene);
            case CANCEL -> cancel(state, key);
            case LOG, EXPLAIN, HELP -> page(state, key, scene);
        };
    }

    private static Step items(ScreenState state, Key key, Scene scene) {
        return switch (key.kind()) {
            case UP -> Step.to(moved(state, -1, scene));
            case DOWN -> Step.to(moved(state, 1, scene));
            case PAGE_UP -> Step.to(moved(state, -Math.max(1, scene.rows() - 1), scene));
            case PAGE_DOWN -> Step.to(moved(state, Math.max(1, scene.rows() - 1), scene));
            case HOME -> Step.to(moved(state, -scene.listed().size(), scene));
            case END -> Step.to(moved(state, scene.listed().size(), scene));
            case ENTER -> Step.to(opened(state, Mode.LOG, scene));
            case ESCAPE, BACKSPACE -> Step.to(ScreenState.START);
            case TAB, REDRAW -> Step.to(state);
            case CHARACTER -> command(state, key.character(), scene);
        };
    }

    private static Step command(ScreenState state, int character, Scene scene) {
        return switch (character) {
            case 'k' -> Step.to(moved(state, -1, scene));
            case 'j' -> Step.to(moved(state, 1, scene));
            case ' ' -> Step.to(moved(state, Math.max(1, scene.rows() - 1), scene));
            case 'g' -> Step.to(moved(state, -scene.listed().size(), scene));
            case 'G' -> Step.to(moved(state, scene.listed().size(), scene));
            case 'f' -> Step.to(state.withFilter(next(state.filter(), scene.filters())));
            case '/' -> Step.to(state.in(Mode.SEARCH));
            case 'l' -> Step.to(opened(state, Mode.LOG, scene));
            case 'e' -> Step.to(opened(state, Mode.EXPLAIN, scene));
            case 'c' -> Step.to(state.in(Mode.CANCEL));
            case '?', 'h' -> Step.to(state.in(Mode.HELP));
            case 'd' -> Step.asks(state, new ScreenAction.Detach());
            case 'q' -> Step.asks(state, new ScreenAction.Quit());
            default -> Step.to(state);
        };
    }

    /** The selection so many items further; the first item where none was selected. */
    private static ScreenState moved(ScreenState state, int by, Scene scene) {
        List<ItemId> listed = scene.listed();
        if (listed.isEmpty()) {
            return state;
        }
        int at = state.selected().map(listed::indexOf).orElse(-1);
        int last = listed.size() - 1;
        int to = at < 0 ? (by >= listed.size() ? last : 0) : Math.min(last, Math.max(0, at + by));
        return state.withSelected(Optional.of(listed.get(to)));
    }

    /** A page about the selected item; about the first where none is. */
    private static ScreenState opened(ScreenState state, Mode mode, Scene scene) {
        Optional<ItemId> item =
                state.selected().or(() -> scene.listed().stream().findFirst());
        return item.isEmpty() ? state : state.withSelected(item).in(mode);
    }

    /** The next section that has items, all items after the last. */
    private static Optional<Section> next(Optional<Section> filter, Set<Section> filters) {
        boolean passed = filter.isEmpty();
        for (Section section : Section.values()) {
            if (passed && filters.contains(section)) {
                return Optional.of(section);
            }
            passed |= filter.isPresent() && filter.get() == section;
        }
        return Optional.empty();
    }

    private static Step search(ScreenState state, Key key, Scene scene) {
        String text = state.search();
        return Step.to(
                switch (key.kind()) {
                    case ENTER -> state.in(Mode.ITEMS);
                    case UP, DOWN, PAGE_UP, PAGE_DOWN, HOME, END ->
                        items(state.in(Mode.ITEMS), key, scene).state();
                    case ESCAPE -> state.withSearch("").in(Mode.ITEMS);
                    case BACKSPACE ->
                        text.isEmpty()
                                ? state.in(Mode.ITEMS)
                                : state.withSearch(text.substring(0, text.offsetByCodePoints(text.length(), -1)));
                    case CHARACTER ->
                        text.length() >= ScreenState.SEARCH_MAX
                                ? state
                                : state.withSearch(text + Character.toString(key.character()));
                    case TAB, REDRAW -> state;
                });
    }

    private static Step cancel(ScreenState state, Key key) {
        ScreenState back = state.in(Mode.ITEMS);
        return switch (key.character()) {
            case 'y', 'Y' -> Step.asks(back, new ScreenAction.Cancel(state.selected()));
            case 'r', 'R' ->
                state.selected().isPresent()
                        ? Step.asks(back, new ScreenAction.Cancel(Optional.empty()))
                        : Step.to(back);
            default -> Step.to(back);
        };
    }

    private static Step page(ScreenState state, Key key, Scene scene) {
        int screenful = Math.max(1, scene.rows() - 1);
        int all = scene.page().lines().size();
        return switch (key.kind()) {
            case UP -> Step.to(scrolled(state, -1, scene));
            case DOWN -> Step.to(scrolled(state, 1, scene));
            case PAGE_UP -> Step.to(scrolled(state, -screenful, scene));
            case PAGE_DOWN -> Step.to(scrolled(state, screenful, scene));
            case HOME -> Step.to(scrolled(state, -all, scene));
            case END -> Step.to(scrolled(state, all, scene));
            case ESCAPE, BACKSPACE -> Step.to(state.in(Mode.ITEMS));
            case TAB -> Step.to(otherStream(state, scene));
            case ENTER -> Step.to(state.mode() == Mode.HELP ? state.in(Mode.ITEMS) : state);
            case REDRAW -> Step.to(state);
            case CHARACTER ->
                switch (key.character()) {
                    case 'k' -> Step.to(scrolled(state, -1, scene));
                    case 'j' -> Step.to(scrolled(state, 1, scene));
                    case 'b' -> Step.to(scrolled(state, -screenful, scene));
                    case ' ' -> Step.to(scrolled(state, screenful, scene));
                    case 'g' -> Step.to(scrolled(state, -all, scene));
                    case 'G' -> Step.to(scrolled(state, all, scene));
                    case 'q' -> Step.to(state.in(Mode.ITEMS));
                    case 's' -> Step.to(otherStream(state, scene));
                    case 'l' -> Step.to(state.selected().isPresent() ? state.in(Mode.LOG) : state);
                    case 'e' -> Step.to(state.selected().isPresent() ? state.in(Mode.EXPLAIN) : state);
                    case '?', 'h' -> Step.to(state.in(state.mode() == Mode.HELP ? Mode.ITEMS : Mode.HELP));
                    case 'd' -> Step.asks(state, new ScreenAction.Detach());
                    default -> Step.to(state);
                };
        };
    }

    private static ScreenState otherStream(ScreenState state, Scene scene) {
        if (state.mode() != Mode.LOG) {
            return state;
        }
        boolean stdout = scene.page().stream().orElse(Stream.STDOUT) == Stream.STDOUT;
        return state.withStream(stdout ? Stream.STDERR : Stream.STDOUT);
    }

    private static ScreenState scrolled(ScreenState state, int down, Scene scene) {
        int most = Math.max(0, scene.page().lines().size() - scene.rows());
        // A log is scrolled from its end.
        int to = Math.min(most, state.scroll()) + (state.mode() == Mode.LOG ? -down : down);
        return state.withScroll(Math.min(most, Math.max(0, to)));
    }
}
