package dev.settle.core.view.screen;

import dev.settle.core.model.ItemId;
import java.util.Optional;

/**
 * What the reader of the screen looks at. Changed by keys alone ({@link ScreenKeys}).
 *
 * @param mode which picture
 * @param filter only the items of this section
 * @param search only items whose id or name contains this, in any case; empty for all
 * @param selected the item that keys act on; none until one is chosen
 * @param stream which output of the item a log shows; the one that has something where none was chosen
 * @param scroll lines of a page that are above the window; of a log, lines below it, so that 0 follows it
 */
public record ScreenState(
        Mode mode,
        Optional<Section> filter,
        String search,
        Optional<ItemId> selected,
        Optional<Stream> stream,
        int scroll) {
    /** Longer searches are not taken. */
    public static final int SEARCH_MAX = 64;

    /** At the start: an overview of the run. */
    public static final ScreenState START =
            new ScreenState(Mode.ITEMS, Optional.empty(), "", Optional.empty(), Optional.empty(), 0);

    /** Which picture. */
    public enum Mode {
        /** The items: an overview, or a list once something is selected, filtered or searched. */
        ITEMS,
        /** The same, while what is searched for is typed. */
        SEARCH,
        /** The same, with the question whether to cancel. */
        CANCEL,
        LOG,
        EXPLAIN,
        HELP;

        /** Whether a page of text stands in place of the items. */
        public boolean isPage() {
            return this == LOG || this == EXPLAIN || this == HELP;
        }
    }

    /** Which of an item's two outputs. */
    public enum Stream {
        STDOUT,
        STDERR
    }

    boolean isOverview() {
        return filter.isEmpty() && search.isEmpty() && selected.isEmpty();
    }

    ScreenState in(Mode other) {
        return new ScreenState(other, filter, search, selected, Optional.empty(), 0);
    }

    ScreenState withFilter(Optional<Section> other) {
        return new ScreenState(mode, other, search, Optional.empty(), stream, scroll);
    }

    ScreenState withSearch(String other) {
        return new ScreenState(mode, filter, other, Optional.empty(), stream, scroll);
    }

    ScreenState withSelected(Optional<ItemId> other) {
        return new ScreenState(mode, filter, search, other, stream, scroll);
    }

    ScreenState withStream(Stream other) {
        return new ScreenState(mode, filter, search, selected, Optional.of(other), 0);
    }

    ScreenState withScroll(int other) {
        return new ScreenState(mode, filter, search, selected, stream, other);
    }
}
