package dev.settle.app.runs;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * The last bytes of a file.
 *
 * @param bytes of one array, which nobody changes
 * @param cut whether something stands before them
 */
@SuppressWarnings("ArrayRecordComponent")
public record FileEnd(byte[] bytes, boolean cut) {
    /**
     * Reads it.
     *
     * @param bytesMax how much is read at most
     */
    public static FileEnd read(Path file, int bytesMax) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long from = Math.max(0, in.length() - bytesMax);
            byte[] bytes = new byte[(int) (in.length() - from)];
            in.seek(from);
            in.readFully(bytes);
            return new FileEnd(bytes, from > 0);
        }
    }
}
