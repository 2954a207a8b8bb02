package dev.settle.slurm.parse;

import java.util.function.Function;

/**
 * A column whose rows mostly say the same as the row before: it is read, and kept in memory, once for all of them.
 *
 * @param <T> what its text means
 */
final class Repeated<T> {
    private final int column;
    private final Function<String, T> reader;
    private @org.jspecify.annotations.Nullable String text;
    private @org.jspecify.annotations.Nullable T value;

    Repeated(int column, Function<String, T> reader) {
        this.column = column;
        this.reader = reader;
    }

    T of(RowFields row) {
        T known = value;
        String before = text;
        if (known != null && before != null && row.says(column, before)) {
            return known;
        }
        String next = row.get(column);
        T read = reader.apply(next);
        text = next;
        value = read;
        return read;
    }
}
