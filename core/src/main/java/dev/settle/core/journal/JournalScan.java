package dev.settle.core.journal;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Finds the sound lines of a journal and where they end, from bytes that are fed in piece by piece.
 *
 * <p>The sound prefix is handed to the sink line by line. What follows it is a torn tail if it is the unfinished or
 * partly lost end of the last batch, and damage if something that was written after it proves that it once was whole.
 */
public final class JournalScan {
    private static final int BUFFER_BYTES_FIRST = 4 << 10;

    /** Takes the sound lines in order. */
    public interface Sink {
        /**
         * @param json without checksum and line end
         * @param offset of the line in the file
         * @param end offset of what follows the line
         */
        void line(String json, long offset, long end) throws IOException;
    }

    /** What a scan found. */
    public enum Kind {
        /** Every byte belongs to a sound line. */
        CLEAN,
        /** After the sound lines comes what a crash or a write in progress leaves; it may be cut off. */
        TORN,
        /** A line that was once forced to disk is broken, and others follow it. */
        DAMAGED
    }

    /**
     * The result of a scan.
     *
     * @param end where the sound lines end, and the tail or the damage begins
     * @param damage what the damage is; empty text where there is none
     */
    public record Result(Kind kind, long end, String damage) {}

    private static final String NUMBER = "{\"n\":";

    private final Sink sink;
    private byte[] buffer = new byte[BUFFER_BYTES_FIRST];
    /** The bytes of the line that is not complete yet. */
    private int held;

    private long heldOffset;
    private long soundEnd;
    private long soundNumber;
    private boolean broken;
    private String damage = "";

    /**
     * @param offset where in the file the bytes begin; a line begins there
     * @param number of the last line before the offset, 0 at the file's beginning
     */
    public JournalScan(long offset, long number, Sink sink) {
        this.sink = sink;
        heldOffset = offset;
        soundEnd = offset;
        soundNumber = number;
    }

    /** Takes the bytes that follow those of the calls before. */
    public void feed(byte[] bytes, int length) throws IOException {
        int from = 0;
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\n') {
                complete(bytes, from, i);
                from = i + 1;
            }
        }
        hold(bytes, from, length - from);
    }

    /** What there is, once the end of the file was reached. */
    public Result finish() {
        if (!damage.isEmpty()) {
            return new Result(Kind.DAMAGED, soundEnd, damage);
        }
        return new Result(broken || held > 0 ? Kind.TORN : Kind.CLEAN, soundEnd, "");
    }

    private void complete(byte[] bytes, int from, int to) throws IOException {
        if (held == 0) {
            line(bytes, from, to - from);
        } else {
            hold(bytes, from, to - from);
            line(buffer, 0, held);
        }
        heldOffset += held == 0 ? to - from + 1 : held + 1;
        held = 0;
    }

    private void line(byte[] bytes, int from, int length) throws IOException {
        Optional<String> json = broken ? Optional.empty() : JournalLine.decode(bytes, from, length);
        if (json.isEmpty()) {
            broken = true;
            if (damage.isEmpty() && provesDamage(bytes, from, length)) {
                damage = "later lines are whole";
            }
            return;
        }
        long number = number(json.get());
        if (number != soundNumber + 1) {
            // Whole lines that were taken out, doubled or put elsewhere: no crash does that.
            broken = true;
            damage = "line " + number + " is where line " + (soundNumber + 1) + " belongs";
            return;
        }
        long end = heldOffset + length + 1;
        sink.line(json.get(), heldOffset, end);
        soundEnd = end;
        soundNumber = number;
    }

    /** A sound line's number, which is its first field; read without the rest where only checksums are looked at. */
    private static long number(String json) throws IOException {
        if (!json.startsWith(NUMBER)) {
            return Json.parseObject(json).longer("n");
        }
        long number = 0;
        for (int at = NUMBER.length(); at < json.length() && Character.isDigit(json.charAt(at)); at++) {
            number = number * 10 + Character.digit(json.charAt(at), 10);
        }
        return number;
    }

    /** Whether a line behind the first broken one can only have been written after the broken one was on disk. */
    private boolean provesDamage(byte[] bytes, int from, int length) throws IOException {
        int start = from;
        // A crash may leave blocks of zeros, and the next sound line then follows them without a line end between.
        for (int i = from; i < from + length; i++) {
            if (bytes[i] == 0) {
                start = i + 1;
            }
        }
        Optional<String> json = JournalLine.decode(bytes, start, from + length - start);
        if (json.isEmpty()) {
            return false;
        }
        Fields fields = Json.parseObject(json.get());
        long number = fields.longer("n");
        long batch = fields.optLong("b").orElse(number);
        // A batch is begun only after the one before it was forced.
        return batch > soundNumber + 1;
    }

    private void hold(byte[] bytes, int from, int length) {
        if (length == 0) {
            return;
        }
        if (held + (long) length > JournalLine.BYTES_MAX) {
            // No line is that long: remember only that something is there.
            broken = true;
            held = Math.max(held, 1);
            return;
        }
        if (held + length > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(held + length, buffer.length * 2));
        }
        System.arraycopy(bytes, from, buffer, held, length);
        held += length;
    }
}
