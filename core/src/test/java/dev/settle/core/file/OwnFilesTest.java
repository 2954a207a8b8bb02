package dev.settle.core.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OwnFilesTest {
    @TempDir
    Path folder;

    private static String mode(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void whatIsMadeIsItsOwnersAlone() throws Exception {
        Path inner = folder.resolve("a/b");
        OwnFiles.makeFolder(inner);
        Path file = inner.resolve("file");
        OwnFiles.write(file, "text\n");
        OwnFiles.append(file, "more\n");
        Path forced = inner.resolve("forced");
        OwnFiles.writeForced(forced, new byte[] {1});
        assertThat(mode(inner)).isEqualTo("rwx------");
        assertThat(mode(inner.getParent())).isEqualTo("rwx------");
        assertThat(mode(file)).isEqualTo("rw-------");
        assertThat(mode(forced)).isEqualTo("rw-------");
        assertThat(file).hasContent("text\nmore");
    }

    @Test
    void whatIsWrittenTakesThePlaceOfALongerText() throws Exception {
        Path file = folder.resolve("file");
        OwnFiles.write(file, "a long text\n");
        OwnFiles.write(file, "short\n");
        assertThat(file).hasContent("short");
    }
}
