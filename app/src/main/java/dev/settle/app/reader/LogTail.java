package dev.settle.app.reader;

import dev.settle.app.runs.FileEnd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The last lines of a file that grows, read again only when it has changed. */
final class LogTail {
    private record Seen(Path file, long size, FileTime at) {}

    private final int bytesMax;
    private Optional<Seen> seen = Optional.empty();
    private List<String> lines = List.of();

    /** @param bytesMax how much of the end is read at most; an incomplete first line is left out */
    LogTail(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** The lines, oldest first; none while there is no file, and why it cannot be read where that is so. */
    List<String> of(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                seen = Optional.empty();
                return List.of();
            }
            BasicFileAttributes about = Files.readAttributes(file, BasicFileAttributes.class);
            Seen now = new Seen(file, about.size(), about.lastModifiedTime());
            if (!seen.equals(Optional.of(now))) {
                lines = read(file, bytesMax);
                seen = Optional.of(now);
            }
            return lines;
        } catch (IOException e) {
            return List.of("(cannot be read: " + e.getMessage() + ")");
        }
    }

    /** The lines at the end of a file. */
    static List<String> read(Path file, int bytesMax) throws IOException {
        FileEnd end = FileEnd.read(file, bytesMax);
        // A carriage return goes back in its line and ends none.
        String text = new String(end.bytes(), StandardCharsets.UTF_8);
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        if (end.cut()) {
            lines.remove(0);
        }
        if (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        return lines;
    }
}
