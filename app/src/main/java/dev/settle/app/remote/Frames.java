package dev.settle.app.remote;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** What the host sends: after a greeting, either the bytes of a command or frames with those of both its streams. */
final class Frames {
    /** What login scripts write before the greeting is dropped; so much of it. */
    private static final int NOISE_BYTES_MAX = 1 << 20;

    private static final int HEAD_CHARS_MAX = 12;
    static final int CHUNK_BYTES = 64 << 10;

    /** Where the bytes of the command go. */
    interface Sink {
        void out(byte[] bytes, int length) throws IOException;

        void err(byte[] bytes, int length) throws IOException;
    }

    /** How a stream of frames ended. */
    enum Ending {
        /** With the exit status. */
        STATUS,
        /** The command runs on another machine of the host's. */
        ELSEWHERE,
        /** In the middle. */
        CUT
    }

    private final InputStream in;
    private OptionalInt status = OptionalInt.empty();

    Frames(InputStream in) {
        this.in = new BufferedInputStream(in, CHUNK_BYTES);
    }

    /** Reads past the greeting; false when the stream ends before. */
    boolean greeted() throws IOException {
        byte[] hello = HostScript.HELLO.getBytes(StandardCharsets.US_ASCII);
        int matched = 0;
        for (int i = 0; i < NOISE_BYTES_MAX; i++) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            matched = next == hello[matched] ? matched + 1 : next == hello[0] ? 1 : 0;
            if (matched == hello.length) {
                return true;
            }
        }
        return false;
    }

    /** Passes on bytes until the stream ends. */
    void passOn(Sink sink) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            sink.out(chunk, count);
        }
    }

    /** Passes on what is in the frames, until the last one or the end of the stream. A frame that is cut short counts. */
    Ending unpack(Sink sink) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        while (true) {
            int kind = in.read();
            if (kind < 0) {
                return Ending.CUT;
            }
            String head = head();
            switch (kind) {
                case 'L' -> {
                    return Ending.ELSEWHERE;
                }
                case 'X' -> {
                    if (head.isEmpty()) {
                        return Ending.CUT;
                    }
                    status = OptionalInt.of(Integer.parseInt(head));
                    return Ending.STATUS;
                }
                case 'O', 'E' -> {
                    int left = head.isEmpty() ? 0 : Integer.parseInt(head);
                    while (left > 0) {
                        int count = in.read(chunk, 0, Math.min(left, chunk.length));
                        if (count < 0) {
                            return Ending.CUT;
                        }
                        if (kind == 'O') {
                            sink.out(chunk, count);
                        } else {
                            sink.err(chunk, count);
                        }
                        left -= count;
                    }
                }
                default -> throw new IOException("the host sent a frame that is none");
            }
        }
    }

    /** The exit status, after {@link Ending#STATUS}. */
    int status() {
        return status.orElseThrow();
    }

    private String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < HEAD_CHARS_MAX) {
            int next = in.read();
            if (next == '\n') {
                return head.toString();
            }
            if (next < 0) {
                return "";
            }
            if (next < '0' || next > '9') {
                throw new IOException("the host sent a frame that is none");
            }
            head.append((char) next);
        }
        throw new IOException("the host sent a frame that is none");
    }
}
