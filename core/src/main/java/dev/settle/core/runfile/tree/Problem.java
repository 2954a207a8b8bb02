package dev.settle.core.runfile.tree;

import java.util.Optional;

/**
 * Something in a run file that cannot be accepted, or that its author should know.
 *
 * @param place the file, with line and column from 1 where the parser knows them: {@code nightly.yaml:12:13}
 * @param path where in the document, such as {@code items[3].memory}; empty for the document itself
 * @param message what is wrong, without a full stop
 * @param hint what to write instead
 */
public record Problem(String place, String path, String message, Optional<String> hint) {

    /** The problem on one line: {@code nightly.yaml:12:13: items[3].memory: "4 GB" is not a size; write 4G}. */
    @Override
    public String toString() {
        return place + ": " + (path.isEmpty() ? "" : path + ": ") + message
                + hint.map(text -> "; " + text).orElse("");
    }
}
