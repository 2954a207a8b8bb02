package dev.settle.app.mcp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads messages, one a line, each within a bound: a client that sends more must not use up the memory. */
final class MessageReader {
    private static final int CHUNK_BYTES = 64 << 10;

    private final InputStream in;
    private final int bytesMax;
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private int at;
    private int end;

    /**
     * A line.
     *
     * @param text empty for one that is too long
     */
    record Line(Optional<String> text) {}

    MessageReader(InputStream in, int bytesMax) {
        this.in = in;
        this.bytesMax = bytesMax;
    }

    /** The next line; empty when no more come. A last line without a line end counts. */
    Optional<Line> next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean tooLong = false;
        boolean begun = false;
        while (fill()) {
            begun = true;
            int from = at;
            while (at < end && chunk[at] != '\n') {
                at++;
            }
            tooLong = tooLong || line.size() + at - from > bytesMax;
            if (!tooLong) {
                line.write(chunk, from, at - from);
            }
            if (at < end) {
                at++;
                return Optional.of(of(line, tooLong));
            }
        }
        return begun ? Optional.of(of(line, tooLong)) : Optional.empty();
    }

    private static Line of(ByteArrayOutputStream line, boolean tooLong) {
        return new Line(tooLong ? Optional.empty() : Optional.of(line.toString(StandardCharsets.UTF_8)));
    }

    private boolean fill() throws IOException {
        if (at < end) {
            return true;
        }
        int read = in.read(chunk);
        at = 0;
        end = Math.max(0, read);
        return read > 0;
    }
}
