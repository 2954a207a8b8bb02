package dev.settle.core.view;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows whose columns are aligned; columns in which no row has anything are left out. Where the terminal is too narrow, names
 * get shorter first, then columns go that can be done without; ids stay whole.
 */
public final class Table {
    /** Between two columns. */
    private static final String GAP = "  ";

    /** No column but the last takes more than this, so that one long id does not push everything away. */
    private static final int COLUMN_MAX = 48;

    /** No name is cut to less than this. */
    private static final int MIDDLE_MIN = 12;

    /** A last column with less room than this says nothing. */
    private static final int LAST_MIN = 16;

    /** What becomes of a cell that is too long. */
    public enum Cut {
        /** Its row goes on below it. */
        NEVER,
        IN_THE_MIDDLE,
        AT_THE_END
    }

    /** Stays however narrow the terminal is. */
    public static final int NEEDED = 0;

    /** How a column's cells stand. */
    public enum Align {
        LEFT,
        RIGHT
    }

    private record Cell(Style style, String text) {}

    private record Column(String head, Align align, Cut cut, int expendable) {}

    private final List<Column> heads = new ArrayList<>();
    private final List<List<Cell>> rows = new ArrayList<>();

    public Table column(String head, Align align) {
        return column(head, align, Cut.AT_THE_END, NEEDED);
    }

    /**
     * Adds a column.
     *
     * @param expendable which of the columns goes first where there is no room: the one with the highest number;
     *     {@link #NEEDED} for one that stays
     */
    public Table column(String head, Align align, Cut cut, int expendable) {
        heads.add(new Column(head, align, cut, expendable));
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
     * @param columns of the terminal; lines are cut there, ids that have no room at all excepted
     */
    List<Line> lines(int columns) {
        int[] widths = fitting(widths(columns), columns);
        List<Line> lines = new ArrayList<>(rows.size() + 1);
        List<Cell> head = new ArrayList<>();
        for (Column column : heads) {
            head.add(new Cell(Style.FAINT, column.head()));
        }
        lines.add(line(head, widths).fit(columns));
        for (List<Cell> row : rows) {
            add(lines, row, widths, columns);
        }
        return lines;
    }

    /** A row, in two lines where its id needs more room than the column has. */
    private void add(List<Line> lines, List<Cell> row, int[] widths, int columns) {
        Cell first = row.get(0);
        if (heads.get(0).cut() != Cut.NEVER || Text.width(first.text()) <= widths[0]) {
            lines.add(line(row, widths).fit(columns));
            return;
        }
        lines.add(Line.of(first.style(), first.text()));
        List<Cell> rest = new ArrayList<>(row);
        rest.set(0, new Cell(Style.PLAIN, ""));
        if (rest.stream().anyMatch(cell -> !cell.text().isEmpty())) {
            lines.add(line(rest, widths).fit(columns));
        }
    }

    /** The widths in a terminal of so many columns; 0 for a column that is left out. */
    private int[] fitting(int[] widths, int columns) {
        int last = widths.length - 1;
        int excess = needed(widths) - columns;
        for (int i = 0; i <= last && excess > 0; i++) {
            if (heads.get(i).cut() == Cut.IN_THE_MIDDLE && widths[i] > MIDDLE_MIN) {
                int less = Math.min(excess, widths[i] - MIDDLE_MIN);
                widths[i] -= less;
                excess -= less;
            }
        }
        while (excess > 0) {
            int goes = -1;
            for (int i = 0; i <= last; i++) {
                int expendable = widths[i] == 0 ? NEEDED : heads.get(i).expendable();
                if (expendable > (goes < 0 ? NEEDED : heads.get(goes).expendable())) {
                    goes = i;
                }
            }
            if (goes < 0) {
                break;
            }
            widths[goes] = 0;
            excess = needed(widths) - columns;
        }
        return widths;
    }

    /** The columns that a line takes; the last cell can be cut to {@link #LAST_MIN}. */
    private int needed(int[] widths) {
        int needed = 0;
        for (int i = 0; i < widths.length; i++) {
            int width = i == widths.length - 1 ? Math.min(widths[i], LAST_MIN) : widths[i];
            needed += width == 0 ? 0 : width + (needed == 0 ? 0 : GAP.length());
        }
        return needed;
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

    /** What the cells need; where there is a terminal, one long id or text does not push everything away. */
    private int[] widths(int columns) {
        int[] widths = new int[heads.size()];
        for (List<Cell> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], Text.width(row.get(i).text()));
            }
        }
        for (int i = 0; i < widths.length; i++) {
            if (widths[i] > 0) {
                widths[i] = Math.max(widths[i], Text.width(heads.get(i).head()));
            }
            boolean whole = heads.get(i).cut() != Cut.AT_THE_END && columns == Integer.MAX_VALUE;
            if (i < widths.length - 1 && !whole) {
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
            String text = i < widths.length - 1
                    ? fit(cell.text(), widths[i], heads.get(i).cut())
                    : cell.text();
            String blank = " ".repeat(Math.max(0, widths[i] - Text.width(text)));
            boolean right = heads.get(i).align() == Align.RIGHT;
            line = line.and((line == Line.EMPTY ? "" : GAP) + (right ? blank : ""))
                    .and(cell.style(), text)
                    .and(right || i == last ? "" : blank);
        }
        return line;
    }

    private static String fit(String text, int columns, Cut cut) {
        return cut == Cut.IN_THE_MIDDLE ? Text.fitMiddle(text, columns) : Text.fit(text, columns);
    }
}
