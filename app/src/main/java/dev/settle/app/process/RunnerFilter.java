package dev.settle.app.process;

import dev.settle.core.view.document.RunnerText;
import java.nio.charset.StandardCharsets;

/**
 * Passes on what a job writes to a log that the runner of a CI system reads, without commands to that runner. Bytes stay
 * as they are, but for a blank within each mark; a line is passed on when it ends or grows long.
 */
public final class RunnerFilter implements ByteSink {
    private static final int LINE_MAX = 8 * 1024;

    private final ByteSink out;
    private final RunnerText runner;
    private final StringBuilder line = new StringBuilder();
    /** Whether a part of the line, with more than blanks in it, was passed on. */
    private boolean begun;

    public RunnerFilter(ByteSink out, RunnerText runner) {
        this.runner = runner;
        this.out = out;
    }

    @Override
    public void bytes(byte[] bytes, int length) {
        StringBuilder clean = new StringBuilder(length + RunnerText.MARK_MAX);
        for (int i = 0; i < length; i++) {
            char each = (char) (bytes[i] & 0xFF);
            line.append(each);
            // A runner ends a line at a carriage return as well.
            if (each == '\n' || each == '\r') {
                clean.append(defused(line.toString()));
                line.setLength(0);
                begun = false;
            } else if (line.length() >= LINE_MAX) {
                String piece = defused(line.toString());
                int kept = piece.length() - RunnerText.MARK_MAX;
                clean.append(piece, 0, kept);
                line.setLength(0);
                line.append(piece, kept, piece.length());
                begun = true;
            }
        }
        pass(clean);
    }

    private String defused(String text) {
        return begun ? runner.defused(text, RunnerText.Form.LINES) : runner.line(text);
    }

    /** Bytes are characters here, one of each. */
    private void pass(StringBuilder clean) {
        if (clean.length() > 0) {
            byte[] bytes = clean.toString().getBytes(StandardCharsets.ISO_8859_1);
            out.bytes(bytes, bytes.length);
        }
    }

    @Override
    public void end() {
        StringBuilder rest = new StringBuilder(defused(line.toString()));
        line.setLength(0);
        pass(rest);
        out.end();
    }
}
