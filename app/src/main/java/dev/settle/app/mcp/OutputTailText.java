package dev.settle.app.mcp;

import dev.settle.app.runs.FileEnd;
import java.io.IOException;
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
        FileEnd end = FileEnd.read(file, BYTES_MAX);
        int start = start(end.bytes(), lines);
        String text = new String(end.bytes(), start, end.bytes().length - start, StandardCharsets.UTF_8);
        return new OutputTailText(text, end.cut() || start > 0);
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
