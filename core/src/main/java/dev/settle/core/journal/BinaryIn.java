package dev.settle.core.journal;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Reads what {@link BinaryOut} wrote.
 *
 * <p>Bytes that say something impossible end in an {@link IndexOutOfBoundsException}; the checksum around them makes
 * that a defect, not an expected trouble.
 */
final class BinaryIn {
    private final byte[] bytes;
    private final Dictionary words;
    private int at;
    private final int end;

    /** The words, each in an Optional that all who say it share. */
    static final class Dictionary {
        private final List<Optional<String>> words = new ArrayList<>();

        Optional<String> get(int index) {
            return words.get(index);
        }
    }

    BinaryIn(byte[] bytes, int from, int end, Dictionary words) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
        this.words = words;
    }

    long number() {
        long value = 0;
        int shift = 0;
        while (true) {
            byte next = read();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
            shift += 7;
        }
    }

    int integer() {
        return Math.toIntExact(number());
    }

    boolean flag() {
        return read() != 0;
    }

    double fraction() {
        long bits = 0;
        for (int i = 0; i < 8; i++) {
            bits = bits << 8 | (read() & 0xff);
        }
        return Double.longBitsToDouble(bits);
    }

    <E extends Enum<E>> E constant(Class<E> type) {
        return Enum.valueOf(type, word());
    }

    String text() {
        int length = integer();
        String text = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        return text;
    }

    String word() {
        return words.get(integer()).orElseThrow();
    }

    Instant instant() {
        long second = number();
        return Instant.ofEpochSecond(second, number());
    }

    /** The words that stand here, after their count. */
    Dictionary dictionary() {
        Dictionary dictionary = new Dictionary();
        for (int left = integer(); left > 0; left--) {
            dictionary.words.add(Optional.of(text()));
        }
        return dictionary;
    }

    /** A part whose words are in that dictionary. */
    BinaryIn partWith(Dictionary dictionary) {
        BinaryIn part = part();
        return new BinaryIn(bytes, part.at, part.end, dictionary);
    }

    /** A part of its own, which is passed over here and may be read at any later time. */
    BinaryIn part() {
        int length = integer();
        BinaryIn part = new BinaryIn(bytes, at, at + length, words);
        at += length;
        return part;
    }

    /** Passes a part over; returns where it is, for {@link #partFrom}. */
    int passPart() {
        int place = at;
        int length = integer();
        at += length;
        return place;
    }

    /** A part that was passed over; where this stands does not matter, and does not change. */
    BinaryIn partFrom(int place) {
        return new BinaryIn(bytes, place, end, words).part();
    }

    /** The same part from its beginning. */
    BinaryIn again() {
        return new BinaryIn(bytes, at, end, words);
    }

    boolean isAtEnd() {
        return at >= end;
    }

    Optional<String> maybeText() {
        return flag() ? Optional.of(text()) : Optional.empty();
    }

    Optional<String> maybeWord() {
        return flag() ? words.get(integer()) : Optional.empty();
    }

    Optional<Instant> maybeInstant() {
        return flag() ? Optional.of(instant()) : Optional.empty();
    }

    OptionalInt maybeInt() {
        return flag() ? OptionalInt.of(integer()) : OptionalInt.empty();
    }

    OptionalLong maybeLong() {
        return flag() ? OptionalLong.of(number()) : OptionalLong.empty();
    }

    OptionalDouble maybeFraction() {
        return flag() ? OptionalDouble.of(fraction()) : OptionalDouble.empty();
    }

    private byte read() {
        if (at >= end) {
            throw new IndexOutOfBoundsException("byte " + at + " of " + end);
        }
        return bytes[at++];
    }
}
