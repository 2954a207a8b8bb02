package dev.settle.slurm.parse;

import dev.settle.slurm.tools.PlainTable;
import java.util.List;

/** One line of a {@link PlainTable}, split at {@code |} without a regex; used again for each line. */
final class RowFields {
    private final int count;
    private final int[] starts;
    private String line = "";

    RowFields(int count) {
        this.count = count;
        this.starts = new int[count + 1];
    }

    /** Takes a line; false when it has too few columns or too many. */
    boolean split(String text) {
        int found = 1;
        int from = 0;
        while (found < count) {
            int bar = text.indexOf('|', from);
            if (bar < 0) {
                return false;
            }
            from = bar + 1;
            starts[found++] = from;
        }
        if (text.indexOf('|', from) >= 0) {
            return false;
        }
        starts[count] = text.length() + 1;
        line = text;
        return true;
    }

    String get(int column) {
        return line.substring(starts[column], starts[column + 1] - 1);
    }

    private boolean isEmpty(int column) {
        return starts[column] == starts[column + 1] - 1;
    }

    boolean beginsWithDigit(int column) {
        return !isEmpty(column) && Numbers.isDigit(line.charAt(starts[column]));
    }

    boolean beginsWithLetter(int column) {
        return !isEmpty(column) && Character.isLetter(line.charAt(starts[column]));
    }

    /** Whether a column has the form of a point in time, such as {@code 2026-11-21T00:02:43}. */
    boolean isTime(int column) {
        return SlurmTimes.isInForm(line, starts[column], starts[column + 1] - 1);
    }

    /** Whether a column says this, to the letter. */
    boolean says(int column, String text) {
        int length = starts[column + 1] - 1 - starts[column];
        return length == text.length() && line.startsWith(text, starts[column]);
    }

    /** Where a column stands in a format; absent columns are a mistake in the format. */
    static int place(List<String> columns, String name) {
        int at = columns.indexOf(name);
        if (at < 0) {
            throw new IllegalArgumentException("no column " + name + " in " + columns);
        }
        return at;
    }
}
