package dev.settle.app.stepqueue.files;

import dev.settle.core.file.AtomicFile;
import dev.settle.core.file.OwnFiles;
import java.io.IOException;
import java.nio.file.Path;

/** Whole files, for their owner alone, that are there entirely or not at all, also after a loss of power. */
public final class SafeFile {
    private SafeFile() {}

    /** Writes the text, and the folder it lies in, and forces both to disk before it returns. */
    public static void write(Path file, String text) throws IOException {
        OwnFiles.makeFolder(file.toAbsolutePath().resolveSibling(""));
        AtomicFile.write(file, text, AtomicFile.Durability.CONTENT_AND_NAME);
    }
}
