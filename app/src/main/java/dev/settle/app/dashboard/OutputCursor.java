package dev.settle.app.dashboard;

import dev.settle.app.process.TerminalFilter;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.Line;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What one page has of one output that grows. It begins with the end of what is there, and is read in pieces. */
final class OutputCursor {
    private static final int BEGINNING_BYTES = 128 * 1024;
    private static final int PIECE_BYTES = 64 * 1024;

    private final String stream;
    private final StringBuilder clean = new StringBuilder();
    private TerminalFilter filter = filter();
    private Optional<Path> file = Optional.empty();
    private long at;
    private String trouble = "";

    /** @param stream the id of the element that shows it */
    OutputCursor(String stream) {
        this.stream = stream;
    }

    /** Colours and control characters are for terminals. */
    private TerminalFilter filter() {
        return new TerminalFilter(
                (bytes, length) -> clean.append(new String(bytes, 0, length, StandardCharsets.UTF_8)), Line.Ink.PLAIN);
    }

    /** The next piece, as the page's script takes it; empty where there is nothing new. */
    Optional<Map<String, Object>> next(Optional<Path> now) {
        boolean other = !now.equals(file);
        if (other) {
            file = now;
            restart();
        }
        if (file.isEmpty() || !Files.isRegularFile(file.get())) {
            return other ? Optional.of(piece("", true)) : Optional.empty();
        }
        try (RandomAccessFile in = new RandomAccessFile(file.get().toFile(), "r")) {
            long length = in.length();
            if (length < at) {
                restart();
            }
            boolean from = at == 0;
            if (length <= at) {
                return other ? Optional.of(piece("", true)) : Optional.empty();
            }
            String before = "";
            if (from && length > BEGINNING_BYTES) {
                at = length - BEGINNING_BYTES;
                before = "(" + Amounts.bytes(at) + " before this are left out)\n";
            }
            byte[] bytes = new byte[(int) Math.min(PIECE_BYTES, length - at)];
            in.seek(at);
            int count = in.read(bytes);
            at += Math.max(0, count);
            filter.bytes(bytes, Math.max(0, count));
            String text = before + clean;
            clean.setLength(0);
            trouble = "";
            return Optional.of(piece(text, from));
        } catch (IOException e) {
            String why = "(cannot be read: " + e.getMessage() + ")\n";
            boolean told = why.equals(trouble);
            trouble = why;
            return told ? Optional.empty() : Optional.of(piece(why, false));
        }
    }

    private void restart() {
        at = 0;
        clean.setLength(0);
        filter = filter();
    }

    private Map<String, Object> piece(String text, boolean from) {
        Map<String, Object> piece = new LinkedHashMap<>();
        piece.put("id", stream);
        piece.put("from", from);
        piece.put("text", text);
        return piece;
    }
}
