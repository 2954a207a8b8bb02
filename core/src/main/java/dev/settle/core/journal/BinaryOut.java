package dev.settle.core.journal;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Writes values densely for a snapshot. Words that occur often stand once in a dictionary; whatever may be absent takes
 * one byte when it is.
 */
final class BinaryOut {
    private byte[] bytes = new byte[1024];
    private int size;
    private final Map<String, Integer> words;

    BinaryOut() {
        this(new LinkedHashMap<>());
    }

    private BinaryOut(Map<String, Integer> words) {
        this.words = words;
    }

    /** A part of its own with the same dictionary. */
    BinaryOut part() {
        return new BinaryOut(words);
    }

    Iterable<String> words() {
        return words.keySet();
    }

    int wordCount() {
        return words.size();
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    /** A number of any character; small ones take a byte. */
    void number(long value) {
        long left = (value << 1) ^ (value >> 63);
        while ((left & ~0x7fL) != 0) {
            write((byte) (left | 0x80));
            left >>>= 7;
        }
        write((byte) left);
    }

    void flag(boolean value) {
        write((byte) (value ? 1 : 0));
    }

    void fraction(double value) {
        long bits = Double.doubleToRawLongBits(value);
        for (int shift = 56; shift >= 0; shift -= 8) {
            write((byte) (bits >>> shift));
        }
    }

    void constant(Enum<?> value) {
        word(value.name());
    }

    /** Text that is expected once. */
    void text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        number(utf8.length);
        write(utf8, utf8.length);
    }

    /** Text that is expected often. */
    void word(String value) {
        number(words.computeIfAbsent(value, fresh -> words.size()));
    }

    void instant(Instant value) {
        number(value.getEpochSecond());
        number(value.getNano());
    }

    void part(BinaryOut part) {
        number(part.size);
        write(part.bytes, part.size);
    }

    void maybeText(Optional<?> value) {
        flag(value.isPresent());
        if (value.isPresent()) {
            text(value.get().toString());
        }
    }

    void maybeWord(Optional<?> value) {
        flag(value.isPresent());
        if (value.isPresent()) {
            word(value.get().toString());
        }
    }

    void maybeConstant(Optional<? extends Enum<?>> value) {
        flag(value.isPresent());
        if (value.isPresent()) {
            constant(value.get());
        }
    }

    void maybeInstant(Optional<Instant> value) {
        flag(value.isPresent());
        if (value.isPresent()) {
            instant(value.get());
        }
    }

    void maybe(OptionalInt value) {
        flag(value.isPresent());
        if (value.isPresent()) {
            number(value.getAsInt());
        }
    }

    void maybe(OptionalLong value) {
        flag(value.isPresent());
        if (value.isPresent()) {
            number(value.getAsLong());
        }
    }

    void maybe(OptionalDouble value) {
        flag(value.isPresent());
        if (value.isPresent()) {
            fraction(value.getAsDouble());
        }
    }

    private void write(byte value) {
        room(1);
        bytes[size++] = value;
    }

    private void write(byte[] from, int count) {
        room(count);
        System.arraycopy(from, 0, bytes, size, count);
        size += count;
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
