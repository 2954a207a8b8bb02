package dev.settle.app.removal;

import dev.settle.core.file.Disk;
import dev.settle.core.journal.RunFolder;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Output files that the user named and that lie in the run's folder all the same: where only the job knows the name, such as
 * {@code slurm-%j.out}, the name is a link to the output. They are the user's, so they take the place of the link.
 */
final class KeptOutputs {
    /** Beside an output: the name that its job gave it, as {@code SbatchFileName} writes it. */
    private static final String SUFFIX = ".link";

    /** No path is longer (PATH_MAX). */
    private static final int PATH_BYTES_MAX = 4096;

    private KeptOutputs() {}

    /**
     * Moves what is linked to the place of the link.
     *
     * @throws IOException when one cannot be moved; it is where it was
     */
    static void keep(RunFolder folder, Disk disk) throws IOException {
        try (DirectoryStream<Path> notes = Files.newDirectoryStream(folder.items(), "*" + SUFFIX)) {
            for (Path note : notes) {
                keep(note, disk);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // No item has ever started, or the folder is damaged: nothing to keep.
            return;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static void keep(Path note, Disk disk) throws IOException {
        String file = note.toString();
        Path output = Path.of(file.substring(0, file.length() - SUFFIX.length()));
        if (!Files.isRegularFile(note) || Files.size(note) > PATH_BYTES_MAX || !Files.isRegularFile(output)) {
            return;
        }
        Path link = Path.of(Files.readString(note));
        // A name that the user has given away since, or another job has taken, is not ours to replace.
        if (link.isAbsolute() && Files.isSymbolicLink(link) && Files.exists(link) && Files.isSameFile(link, output)) {
            Path aside = link.resolveSibling(link.getFileName() + ".settle-rm");
            // Copied first: from the state directory to the user's is often from one file system to another.
            Files.copy(output, aside, StandardCopyOption.REPLACE_EXISTING);
            disk.move(aside, link);
        }
    }
}
