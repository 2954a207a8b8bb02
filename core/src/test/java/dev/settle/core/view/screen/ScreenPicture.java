package dev.settle.core.view.screen;

import dev.settle.core.view.Line;
import dev.settle.core.view.Style;
import dev.settle.core.view.Text;
import java.util.List;
import java.util.Locale;

/** The screen as an SVG picture. */
final class ScreenPicture {
    private static final double COLUMN_PIXELS = 8.4;
    private static final int ROW_PIXELS = 18;
    private static final int MARGIN = 14;

    private ScreenPicture() {}

    static String of(List<Line> lines, Window window) {
        int width = (int) Math.ceil(window.columns() * COLUMN_PIXELS) + 2 * MARGIN;
        int height = lines.size() * ROW_PIXELS + 2 * MARGIN;
        StringBuilder svg = new StringBuilder()
                .append(String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">%n",
                        width,
                        height,
                        width,
                        height))
                .append("<title>The live screen of settle run: 200 items, 60 of them completed, 10 failed</title>\n")
                .append("<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1b1f24\"/>\n")
                .append(
                        "<g font-family=\"ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace\" font-size=\"14\" xml:space=\"preserve\">\n");
        int row = 0;
        for (Line line : lines) {
            row++;
            int column = 0;
            for (Line.Span span : line.spans()) {
                int columns = Text.width(span.text());
                if (!span.text().isBlank()) {
                    svg.append(String.format(
                            Locale.ROOT,
                            "<text x=\"%.1f\" y=\"%d\" textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\"%s>",
                            MARGIN + column * COLUMN_PIXELS,
                            MARGIN + row * ROW_PIXELS - 5,
                            columns * COLUMN_PIXELS,
                            ink(span.style())));
                    svg.append(escaped(span.text())).append("</text>\n");
                }
                column += columns;
            }
        }
        return svg.append("</g>\n</svg>\n").toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private static String ink(Style style) {
        return switch (style) {
            case PLAIN -> " fill=\"#d7dde4\"";
            case STRONG -> " fill=\"#ffffff\" font-weight=\"bold\"";
            case FAINT -> " fill=\"#8b949e\"";
            case GOOD -> " fill=\"#57ab5a\"";
            case BAD -> " fill=\"#f47067\" font-weight=\"bold\"";
            case WARN -> " fill=\"#daaa3f\"";
            case LIVE -> " fill=\"#39c5cf\"";
        };
    }
}
