package dev.settle.slurm;

import java.util.List;

/**
 * One line of a table, split at {@code |} without a regex; used again for each line.
 *
 * <p>The last column takes whatever is left: a job's name may hold the delimiter, and no tool escapes it.
 */
final class Fields {
    private final int count;
    private final int[] starts;
    private String line = "";

    Fields(int count) {
        this.count = count;
        this.starts = new int[count + 1];
    }

    /** Takes a line; false when it has too few columns. */
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
        starts[count] = text.length() + 1;
        line = text;
        return true;
    }

    String get(int column) {
        return line.substring(starts[column], starts[column + 1] - 1);
    }

    boolean isEmpty(int column) {
        return starts[column] == starts[column + 1] - 1;
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
