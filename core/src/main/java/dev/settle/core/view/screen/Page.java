package dev.settle.core.view.screen;

import dev.settle.core.view.Line;
import java.util.List;
import java.util.Optional;

/**
 * A page of text in place of the items.
 *
 * @param title what it is
 * @param lines no wider than the window
 * @param stream which output of an item it is, where it is one
 */
public record Page(Line title, List<Line> lines, Optional<ScreenState.Stream> stream) {
    public static final Page NONE = new Page(Line.EMPTY, List.of());

    public Page(Line title, List<Line> lines) {
        this(title, lines, Optional.empty());
    }
}
