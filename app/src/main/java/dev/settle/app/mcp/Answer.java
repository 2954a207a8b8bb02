package dev.settle.app.mcp;

import dev.settle.core.text.PlainText;
import dev.settle.core.view.Line;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a tool answers: a tree that fits its output schema, and the same for reading.
 *
 * @param lines the text, however long
 */
record Answer(Map<String, @Nullable Object> tree, List<String> lines) {
    static final int TEXT_MAX = 2_000;

    private static final String CUT = "\n... (cut; the structured content has more)";

    Answer {
        lines = List.copyOf(lines);
    }

    static Answer of(Map<String, @Nullable Object> tree, List<String> lines) {
        return new Answer(tree, lines);
    }

    /** At most {@value #TEXT_MAX} characters; lines that do not fit are left out. */
    String text() {
        return text(UnaryOperator.identity());
    }

    /** @param shown what the whole text passes through before any of it is left out */
    String text(UnaryOperator<String> shown) {
        return fit(shown.apply(String.join("\n", lines)));
    }

    static List<String> plain(List<Line> lines) {
        return lines.stream().map(line -> line.plain().stripTrailing()).toList();
    }

    /** Whole lines of a text, as many as fit; of a first line that is too long, its beginning. */
    static String fit(String text) {
        String clean = PlainText.lines(text).stripTrailing();
        if (clean.length() <= TEXT_MAX) {
            return clean;
        }
        int room = TEXT_MAX - CUT.length();
        int end = clean.lastIndexOf('\n', room);
        return clean.substring(0, end > 0 ? end : room) + CUT;
    }

    /** The same answer with the notices of its call. */
    Answer with(List<String> notices) {
        Map<String, @Nullable Object> more = new LinkedHashMap<>(tree);
        more.put("notices", notices);
        List<String> all = new ArrayList<>();
        notices.forEach(notice -> all.add("Note: " + notice));
        all.addAll(lines);
        return new Answer(more, all);
    }
}
