package dev.settle.app.stepqueue.files;

import dev.settle.core.file.OwnFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Whole files, for their owner alone, that are there entirely or not at all, also after a loss of power. */
public final class SafeFile {
    private SafeFile() {}

    /** Writes the text and forces it to disk before it returns. */
    public static void write(Path file, String text) throws IOException {
        Path folder = file.toAbsolutePath().resolveSibling("");
        OwnFiles.makeFolder(folder);
        Path draft = folder.resolve(file.getFileName() + ".draft");
        Files.deleteIfExists(draft);
        OwnFiles.writeDraft(draft, text.getBytes(StandardCharsets.UTF_8));
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    public static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
