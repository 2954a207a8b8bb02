package dev.settle.core.runfile;

import dev.settle.core.runfile.keys.Values;
import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import dev.settle.core.runfile.tree.Problems;
import dev.settle.core.text.Sizes;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The text of an item's {@code script}: inline, or the content that the file has now. */
final class Scripts {
    /** A script that is larger is data. */
    static final long BYTES_MAX = 4 << 20;

    private final List<Path> folders;
    private final Map<String, Found> seen = new HashMap<>();

    /** A text, or why there is none. */
    private record Found(Optional<String> text, String problem, String hint) {}

    /** The folders in which a relative name is looked for, the first first. */
    Scripts(List<Path> folders) {
        this.folders = List.copyOf(folders);
    }

    /** Whether a script stands in the run file itself. */
    static boolean isInline(String script) {
        return script.startsWith("#!") || script.indexOf('\n') >= 0;
    }

    /** The text that will run; empty after a problem. */
    Optional<String> text(String script, Node node, DocumentPath at, Problems problems) {
        if (isInline(script)) {
            return Optional.of(script);
        }
        Found found = seen.computeIfAbsent(script, this::find);
        if (found.text.isEmpty()) {
            problems.add(node, at, found.problem, found.hint);
        }
        return found.text;
    }

    private Found find(String name) {
        for (Path folder : folders) {
            try {
                Path file = folder.resolve(name);
                if (Files.isRegularFile(file)) {
                    return read(name, file);
                }
                if (Files.isDirectory(file)) {
                    return refused(Values.quoted(name) + " is a folder", "name a file");
                }
            } catch (InvalidPathException e) {
                return refused(Values.quoted(name) + " is not a file name", "");
            }
        }
        return refused(
                "there is no file " + Values.quoted(name),
                "name a file beside the run file, or write shell text as command");
    }

    /** The line ends of a script from Windows would be part of its interpreter's name, and of every last word. */
    static String withUnixLineEnds(String text) {
        int end = text.indexOf('\n');
        return end > 0 && text.charAt(end - 1) == '\r' ? text.replace("\r\n", "\n") : text;
    }

    private static Found read(String name, Path file) {
        try {
            if (Files.size(file) > BYTES_MAX) {
                return refused(Values.quoted(name) + " is larger than " + Sizes.format(BYTES_MAX), "");
            }
            String text = Files.readString(file, StandardCharsets.UTF_8);
            if (text.isBlank()) {
                return refused(Values.quoted(name) + " is empty", "");
            }
            return text.indexOf('\0') >= 0
                    ? refused(Values.quoted(name) + " is no text", "call the program in command")
                    : new Found(Optional.of(withUnixLineEnds(text)), "", "");
        } catch (CharacterCodingException e) {
            return refused(Values.quoted(name) + " is not UTF-8 text", "call the program in command");
        } catch (NoSuchFileException e) {
            return refused("there is no file " + Values.quoted(name), "");
        } catch (IOException e) {
            return refused(Values.quoted(name) + " cannot be read: " + e.getMessage(), "");
        }
    }

    private static Found refused(String problem, String hint) {
        return new Found(Optional.empty(), problem, hint);
    }
}
