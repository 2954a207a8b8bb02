package dev.settle.core.plan;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads run files: YAML or JSON, in settle's own form, as a bare list of items, or as scripthut's task documents. */
public final class RunFiles {
    /** A larger file is refused; 100,000 items with long commands are a tenth of it. */
    public static final int FILE_BYTES_MAX = 64 << 20;

    private RunFiles() {}

    /** Reads and expands a run file. Nothing is created; a file that cannot be read is a problem like any other. */
    public static Reading read(Path file, Surroundings around) {
        String name = file.toString();
        try {
            if (Files.isDirectory(file)) {
                return refused(name, "this is a folder", "name a run file");
            }
            if (Files.size(file) > FILE_BYTES_MAX) {
                return refused(name, "the file is larger than " + Sizes.format(FILE_BYTES_MAX), "");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
            Path folder = around.directory()
                    .resolve(file)
                    .toAbsolutePath()
                    .resolveSibling("")
                    .normalize();
            return read(text, name, folder, around);
        } catch (NoSuchFileException e) {
            return refused(name, "there is no such file", "");
        } catch (CharacterCodingException e) {
            return refused(name, "the file is not UTF-8 text", "");
        } catch (IOException e) {
            return refused(name, "the file cannot be read: " + e.getMessage(), "");
        }
    }

    /**
     * Reads and expands the text of a run file.
     *
     * @param fileName what messages call it; its ending tells JSON from YAML
     */
    public static Reading read(String text, String fileName, Surroundings around) {
        return read(text, fileName, around.directory(), around);
    }

    private static Reading read(String text, String fileName, Path folder, Surroundings around) {
        Problems problems = new Problems(fileName);
        Optional<Node> root = tree(text, fileName, problems);
        Scripts scripts = new Scripts(List.of(folder, around.directory()));
        Optional<Plan> plan = root.map(node -> new FileReader(nameOf(fileName), problems, around, scripts).read(node));
        return new Reading(problems.none() ? plan : Optional.empty(), problems.errors(), problems.warnings());
    }

    private static Optional<Node> tree(String text, String fileName, Problems problems) {
        String bare = text.startsWith("\uFEFF") ? text.substring(1) : text;
        String lower = fileName.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".json")) {
            return TreeReader.json(bare, problems);
        }
        return TreeReader.yaml(bare, problems);
    }

    /** The file's name without folder and ending. */
    static String nameOf(String fileName) {
        String name = fileName.substring(fileName.lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name.isEmpty() ? "run" : name;
    }

    private static Reading refused(String file, String message, String hint) {
        Problem problem = new Problem(file, "", message, hint.isEmpty() ? Optional.empty() : Optional.of(hint));
        return new Reading(Optional.empty(), List.of(problem), List.of());
    }
}
