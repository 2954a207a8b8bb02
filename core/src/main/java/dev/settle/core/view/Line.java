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

    /** This line with plain text before it. */
    Line after(String text) {
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
