package dev.settle.app.mcp;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The end of an output file.
 *
 * @param cut whether something stands before it
 */
record OutputTailText(String text, boolean cut) {
    /** An answer is no place for more. */
    static final int BYTES_MAX = 128 << 10;

    /** The last lines of a file, within a bound; none where there is no file yet. */
    static OutputTailText of(Path file, int lines) throws IOException {
        if (!Files.isRegularFile(file)) {
            return new OutputTailText("", false);
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long from = Math.max(0, in.length() - BYTES_MAX);
            byte[] bytes = new byte[(int) (in.length() - from)];
            in.seek(from);
            in.readFully(bytes);
            int start = start(bytes, lines);
            return new OutputTailText(
                    new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8), from + start > 0);
        }
    }

    private static int start(byte[] bytes, int lines) {
        int found = 0;
        for (int i = bytes.length - 2; i >= 0; i--) {
            if (bytes[i] == '\n' && ++found == lines) {
                return i + 1;
            }
        }
        return 0;
    }
}
