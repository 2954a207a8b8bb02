package dev.settle.app.cli.help;

import java.util.List;

/** Text of at most {@value #WIDTH} columns, so that it fits every terminal. */
final class Columns {
    static final int WIDTH = 80;

    /** A left column that would be wider has its text below it. */
    private static final int LEFT_MAX = 28;

    private static final int GAP = 2;

    /** What stands left, and what is said about it. */
    record Row(String left, String text) {}

    private Columns() {}

    /** A heading with its rows, and an empty line before it; nothing where there are no rows. */
    static void section(StringBuilder out, String heading, List<Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        out.append('\n').append(heading).append(":\n");
        rows(out, rows);
    }

    /** Rows whose texts begin in one column. */
    static void rows(StringBuilder out, List<Row> rows) {
        int left = rows.stream()
                .mapToInt(row -> row.left.length())
                .filter(length -> length <= LEFT_MAX)
                .max()
                .orElse(0);
        int column = GAP + left + GAP;
        for (Row row : rows) {
            out.append(" ".repeat(GAP)).append(row.left);
            if (row.text.isEmpty()) {
                out.append('\n');
            } else if (row.left.length() > left) {
                out.append('\n').append(" ".repeat(column));
                wrapped(out, row.text, column);
            } else {
                out.append(" ".repeat(column - GAP - row.left.length()));
                wrapped(out, row.text, column);
            }
        }
    }

    /** A paragraph. */
    static void paragraph(StringBuilder out, String text) {
        wrapped(out, text, 0);
    }

    /** Text that begins in a column, at which further lines begin as well; a word that is too long stays whole. */
    private static void wrapped(StringBuilder out, String text, int column) {
        int at = column;
        boolean first = true;
        for (String word : text.split(" ", -1)) {
            if (!first && at + 1 + word.length() > WIDTH) {
                out.append('\n').append(" ".repeat(column));
                at = column;
            } else if (!first) {
                out.append(' ');
                at++;
            }
            out.append(word);
            at += word.length();
            first = false;
        }
        out.append('\n');
    }
}
