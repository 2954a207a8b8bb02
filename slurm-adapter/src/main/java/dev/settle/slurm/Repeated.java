package dev.settle.slurm;

import java.util.function.Function;

/**
 * A column whose rows mostly say the same as the row before: it is read, and kept in memory, once for all of them.
 *
 * @param <T> what its text means
 */
final class Repeated<T> {
    private final Function<String, T> reader;
    private @org.jspecify.annotations.Nullable String text;
    private @org.jspecify.annotations.Nullable T value;

    Repeated(Function<String, T> reader) {
        this.reader = reader;
    }

    T of(String next) {
        T known = value;
        if (known != null && next.equals(text)) {
            return known;
        }
        T read = reader.apply(next);
        text = next;
        value = read;
        return read;
    }
}
