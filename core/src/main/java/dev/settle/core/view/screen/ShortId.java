package dev.settle.core.view.screen;

import dev.settle.core.view.Text;

/** An item id in fewer columns: cut in the middle, so that the values of a matrix stay visible. */
final class ShortId {
    private static final String CUT = "...";

    /** What is left of the name in front of a matrix's values at least. */
    private static final int NAME_MIN = 2;

    private ShortId() {}

    /** The id in at most so many columns: {@code prepro...[lr=0.1,seed=2]}, {@code very-lo...-name-17}. */
    static String fit(String id, int columns) {
        String clean = Text.clean(id);
        if (Text.width(clean) <= columns) {
            return clean;
        }
        int room = columns - CUT.length();
        if (room < NAME_MIN) {
            return Text.fit(clean, columns);
        }
        int bracket = clean.indexOf('[');
        int values = bracket > 0 ? Text.width(clean.substring(bracket)) : 0;
        boolean valuesFit = values > 0 && values + NAME_MIN <= room;
        // Ids of one run begin alike more often than they end alike.
        int ending = valuesFit ? values : room * 2 / 3;
        return Text.head(clean, room - ending) + CUT + ending(clean, ending);
    }

    /** As much of the end as fits. */
    private static String ending(String text, int columns) {
        int at = text.length();
        int width = 0;
        while (at > 0) {
            int before = text.offsetByCodePoints(at, -1);
            width += Text.width(text.substring(before, at));
            if (width > columns) {
                break;
            }
            at = before;
        }
        return text.substring(at);
    }
}
