package dev.settle.core.view.screen;

/**
 * A key that was pressed.
 *
 * @param character of {@link Kind#CHARACTER}: a Unicode code point; 0 for the others
 */
public record Key(Kind kind, int character) {
    /** Which key. */
    public enum Kind {
        UP,
        DOWN,
        PAGE_UP,
        PAGE_DOWN,
        HOME,
        END,
        ENTER,
        TAB,
        ESCAPE,
        BACKSPACE,
        /** Ctrl-L. */
        REDRAW,
        CHARACTER
    }

    public static Key of(Kind kind) {
        return new Key(kind, 0);
    }

    public static Key of(int character) {
        return new Key(Kind.CHARACTER, character);
    }
}
