package dev.settle.core.view;

import java.util.ArrayList;
import java.util.List;

/** Rows whose columns are aligned; columns in which no row has anything are left out. */
public final class Table {
    /** Between two columns. */
    private static final String GAP = "  ";

    /** No column but the last takes more than this, so that one long id does not push everything away. */
    private static final int COLUMN_MAX = 48;

    /** How a column's cells stand. */
    public enum Align {
        LEFT,
        RIGHT
    }

    private record Cell(Style style, String text) {}

    private final List<String> heads = new ArrayList<>();
    private final List<Align> aligns = new ArrayList<>();
    private final List<List<Cell>> rows = new ArrayList<>();

    public Table column(String head, Align align) {
        heads.add(head);
        aligns.add(align);
        return this;
    }

    /** Begins a row; its cells follow. */
    public Table row() {
        rows.add(new ArrayList<>());
        return this;
    }

    public Table cell(String text) {
        return cell(Style.PLAIN, text);
    }

    /** An empty text where there is nothing to say. */
    public Table cell(Style style, String text) {
        rows.get(rows.size() - 1).add(new Cell(style, Text.clean(text)));
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /**
     * The lines, heads first.
     *
     * @param columns of the terminal; lines are cut there
     */
    List<Line> lines(int columns) {
        int[] widths = widths();
        List<Line> lines = new ArrayList<>(rows.size() + 1);
        List<Cell> head = new ArrayList<>();
        for (String text : heads) {
            head.add(new Cell(Style.FAINT, text));
        }
        lines.add(line(head, widths).fit(columns));
        for (List<Cell> row : rows) {
            lines.add(line(row, widths).fit(columns));
        }
        return lines;
    }

    /** All lines at full width under a headline of their own: indented, and without heads where these are empty. */
    public List<Line> indented() {
        List<Line> all = lines(Integer.MAX_VALUE);
        List<Line> lines = new ArrayList<>(all.size());
        for (Line line : all.get(0).plain().isBlank() ? all.subList(1, all.size()) : all) {
            lines.add(line.after("  "));
        }
        return lines;
    }

    private int[] widths() {
        int[] widths = new int[heads.size()];
        for (List<Cell> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], Text.width(row.get(i).text()));
            }
        }
        for (int i = 0; i < widths.length; i++) {
            if (widths[i] > 0) {
                widths[i] = Math.max(widths[i], Text.width(heads.get(i)));
            }
            if (i < widths.length - 1) {
                widths[i] = Math.min(widths[i], COLUMN_MAX);
            }
        }
        return widths;
    }

    private Line line(List<Cell> row, int[] widths) {
        int last = row.size() - 1;
        while (last > 0 && (widths[last] == 0 || row.get(last).text().isEmpty())) {
            last--;
        }
        Line line = Line.EMPTY;
        for (int i = 0; i <= last; i++) {
            if (widths[i] == 0) {
                continue;
            }
            Cell cell = row.get(i);
            String text = i < widths.length - 1 ? Text.fit(cell.text(), widths[i]) : cell.text();
            String blank = " ".repeat(Math.max(0, widths[i] - Text.width(text)));
            boolean right = aligns.get(i) == Align.RIGHT;
            line = line.and((line == Line.EMPTY ? "" : GAP) + (right ? blank : ""))
                    .and(cell.style(), text)
                    .and(right || i == last ? "" : blank);
        }
        return line;
    }
}
