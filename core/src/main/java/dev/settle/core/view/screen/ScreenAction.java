package dev.settle.core.view.screen;

import dev.settle.core.model.ItemId;
import java.util.Optional;

/** What a key asks of the program, beside another picture. */
public sealed interface ScreenAction {
    /** As Ctrl-C: leave, after the question what is to become of the run. */
    record Quit() implements ScreenAction {}

    /** Leave, and let the run go on. */
    record Detach() implements ScreenAction {}

    /**
     * Cancel, as was confirmed.
     *
     * @param item empty for the whole run
     */
    record Cancel(Optional<ItemId> item) implements ScreenAction {}

    /** Draw everything again, whatever is on the terminal. */
    record Redraw() implements ScreenAction {}
}
