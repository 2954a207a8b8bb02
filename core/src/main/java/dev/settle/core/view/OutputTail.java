package dev.settle.core.view;

import dev.settle.core.run.Item;
import java.util.List;

/** The last lines that an item wrote: to its stderr, or to its stdout where that is empty. */
@FunctionalInterface
public interface OutputTail {
    /** More lines of an item than this are not shown. */
    int LINES_MAX = 5;

    OutputTail NONE = item -> List.of();

    /** The last lines, oldest first; empty when there are none or they cannot be read. */
    List<String> lines(Item item);
}
