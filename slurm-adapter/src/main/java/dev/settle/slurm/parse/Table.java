package dev.settle.slurm.parse;

/** What a tool printed as a table, line by line: the one place that knows what of it cannot be read. */
final class Table {
    private Table() {}

    /** Takes the rows of a table. */
    @FunctionalInterface
    interface Reader {
        /** Takes a row; false when it cannot be read. The row is used again for the next line. */
        boolean read(RowFields row);
    }

    /** Reads all rows; returns how many cannot be read. A line without its end was cut off, and is one of them. */
    static int read(String text, int columns, Reader reader) {
        RowFields row = new RowFields(columns);
        int garbled = 0;
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            if (end < 0) {
                return garbled + 1;
            }
            String line = text.substring(from, end);
            from = end + 1;
            if (!(row.split(line) ? reader.read(row) : line.isBlank())) {
                garbled++;
            }
        }
        return garbled;
    }
}
