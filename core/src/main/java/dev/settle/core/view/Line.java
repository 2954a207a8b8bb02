package dev.settle.core.view;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A line of styled text without its line end. What is put in is cleaned of control characters, so that no job's output
 * can reach into the terminal.
 */
public final class Line {
    /** A run of characters of one style. */
    public record Span(Style style, String text) {
        public Span {
            text = Text.clean(text);
        }
    }

    /** Whether the reader understands escape codes. */
    public enum Ink {
        PLAIN,
        ANSI
    }

    public static final Line EMPTY = new Line(List.of());

    private final List<Span> spans;

    private Line(List<Span> spans) {
        this.spans = spans;
    }

    public static Line of(String text) {
        return of(Style.PLAIN, text);
    }

    public static Line of(Style style, String text) {
        return new Line(List.of(new Span(style, text)));
    }

    public List<Span> spans() {
        return spans;
    }

    public Line and(String text) {
        return and(Style.PLAIN, text);
    }

    /** This line with more text after it. */
    public Line and(Style style, String text) {
        List<Span> more = new ArrayList<>(spans.size() + 1);
        more.addAll(spans);
        more.add(new Span(style, text));
        return new Line(more);
    }

    /** This line with another after it. */
    public Line and(Line line) {
        List<Span> more = new ArrayList<>(spans.size() + line.spans.size());
        more.addAll(spans);
        more.addAll(line.spans);
        return new Line(more);
    }

    /** This line with plain text before it. */
    public Line after(String text) {
        List<Span> more = new ArrayList<>(spans.size() + 1);
        more.add(new Span(Style.PLAIN, text));
        more.addAll(spans);
        return new Line(more);
    }

    /** Columns on a terminal. */
    public int width() {
        int width = 0;
        for (Span span : spans) {
            width += Text.width(span.text());
        }
        return width;
    }

    /** The line in at most so many columns. */
    public Line fit(int columns) {
        if (width() <= columns) {
            return this;
        }
        List<Span> fitting = new ArrayList<>(spans.size());
        int left = columns;
        for (Span span : spans) {
            int width = Text.width(span.text());
            if (width >= left) {
                // Something follows or is cut here, since the whole line is too wide; it may only end in dots.
                String dots = ".".repeat(Math.min(3, Math.max(0, left)));
                fitting.add(new Span(span.style(), Text.head(span.text(), left - dots.length()) + dots));
                break;
            }
            fitting.add(span);
            left -= width;
        }
        return new Line(fitting);
    }

    /**
     * Broken at spaces into lines of at most so many columns, set in by as much as this one. What is to be copied stays
     * whole, if need be on a longer line of its own: a link, and a command of settle's with its run and its options.
     */
    public List<Line> wrap(int columns) {
        if (width() <= columns) {
            return List.of(this);
        }
        String plain = plain();
        int indent = 0;
        while (indent < plain.length() && plain.charAt(indent) == ' ') {
            indent++;
        }
        String blank = " ".repeat(Math.min(indent, Math.max(0, columns / 2)));
        List<Line> lines = new ArrayList<>();
        Line line = Line.of(blank);
        int used = blank.length();
        String gap = "";
        boolean empty = true;
        for (Span span : spans) {
            for (String word : words(span.text())) {
                String shown = word.stripTrailing();
                if (!empty && used + gap.length() + Text.width(shown) > columns) {
                    lines.add(line);
                    line = Line.of(blank);
                    used = blank.length();
                    empty = true;
                }
                if (empty && shown.isEmpty()) {
                    continue;
                }
                // The gap before a word is only drawn when the word stands on the same line.
                String drawn = (empty ? "" : gap) + shown;
                line = line.and(span.style(), drawn);
                used += Text.width(drawn);
                gap = word.substring(shown.length());
                empty = false;
            }
        }
        lines.add(line);
        return lines;
    }

    /** The words, each with the spaces after it; a command, which runs to the end of the text, counts as one. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int from = 0;
        for (int at = 1; at <= text.length(); at++) {
            if (isCommand(text, from)) {
                at = text.length();
            }
            if (at == text.length() || (text.charAt(at) != ' ' && text.charAt(at - 1) == ' ')) {
                words.add(text.substring(from, at));
                from = at;
            }
        }
        return words;
    }

    private static boolean isCommand(String text, int at) {
        return text.startsWith("settle ", at) && (text.substring(0, at).isBlank() || text.startsWith(": ", at - 2));
    }

    public String plain() {
        StringBuilder text = new StringBuilder();
        for (Span span : spans) {
            text.append(span.text());
        }
        return text.toString();
    }

    /** Writes the line without a line end. */
    public void appendTo(Appendable out, Ink ink) throws IOException {
        for (Span span : spans) {
            String code = span.style().code();
            if (ink == Ink.PLAIN || code.isEmpty() || span.text().isEmpty()) {
                out.append(span.text());
            } else {
                out.append("\u001B[")
                        .append(code)
                        .append('m')
                        .append(span.text())
                        .append("\u001B[0m");
            }
        }
    }

    /** Writes lines, each with its line end. */
    public static void appendAll(List<Line> lines, Appendable out, Ink ink) throws IOException {
        for (Line line : lines) {
            line.appendTo(out, ink);
            out.append('\n');
        }
    }

    @Override
    public String toString() {
        return plain();
    }
}
