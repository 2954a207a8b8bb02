package dev.settle.core.journal;

import dev.settle.core.run.Entry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * One line of a journal: CRC-32C of the JSON as eight hex digits, a blank, the JSON, a line end.
 *
 * <p>JSON escapes control characters, so neither a line end nor a zero byte ever stands inside a line.
 */
public final class JournalLine {
    /** A longer line is not written, and taken for damage when it is read. */
    public static final int BYTES_MAX = 128 << 20;

    /** The checksum and the blank. */
    static final int PREFIX_BYTES = 9;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private JournalLine() {}

    /**
     * Lines that are written and forced together. Each but the first says so ({@code b}, the number of the first):
     * after a crash the disk may have kept a later part of such a batch and lost an earlier one, and that is no damage.
     */
    public static byte[] encode(List<Entry> batch) {
        byte[][] lines = new byte[batch.size()][];
        long total = 0;
        for (int i = 0; i < lines.length; i++) {
            lines[i] = line(EventCodec.encode(batch.get(i), batch.get(0).number()));
            total += lines[i].length;
        }
        byte[] all = new byte[Math.toIntExact(total)];
        int at = 0;
        for (byte[] line : lines) {
            System.arraycopy(line, 0, all, at, line.length);
            at += line.length;
        }
        return all;
    }

    private static byte[] line(String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        byte[] line = new byte[PREFIX_BYTES + body.length + 1];
        if (line.length > BYTES_MAX) {
            throw new IllegalArgumentException("a journal line of " + line.length + " bytes");
        }
        System.arraycopy(body, 0, line, PREFIX_BYTES, body.length);
        int crc = crc(line, PREFIX_BYTES, body.length);
        for (int i = 0; i < 8; i++) {
            line[i] = HEX[(crc >>> (28 - 4 * i)) & 0xf];
        }
        line[8] = ' ';
        line[line.length - 1] = '\n';
        return line;
    }

    /**
     * The JSON of a line whose checksum holds.
     *
     * @param length without the line end
     */
    static Optional<String> decode(byte[] buffer, int offset, int length) {
        return isSound(buffer, offset, length)
                ? Optional.of(new String(buffer, offset + PREFIX_BYTES, length - PREFIX_BYTES, StandardCharsets.UTF_8))
                : Optional.empty();
    }

    private static boolean isSound(byte[] buffer, int offset, int length) {
        if (length <= PREFIX_BYTES || buffer[offset + 8] != ' ') {
            return false;
        }
        int expected = 0;
        for (int i = 0; i < 8; i++) {
            byte character = buffer[offset + i];
            int digit = character >= '0' && character <= '9'
                    ? character - '0'
                    : character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
            if (digit < 0) {
                return false;
            }
            expected = expected << 4 | digit;
        }
        return expected == crc(buffer, offset + PREFIX_BYTES, length - PREFIX_BYTES);
    }

    private static int crc(byte[] buffer, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(buffer, offset, length);
        return (int) crc.getValue();
    }
}
