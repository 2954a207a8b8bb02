package dev.settle.testdata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GoldenTest {
    @TempDir
    Path folder;

    private Golden golden(Golden.Mode mode) {
        return new Golden(folder, mode);
    }

    @Test
    void updateWritesWhatCompareAccepts() {
        golden(Golden.Mode.UPDATE).compare("a/b.txt", "one\n");
        golden(Golden.Mode.COMPARE).compare("a/b.txt", "one\n");
    }

    @Test
    void differenceFailsWithBothSides() throws IOException {
        Files.writeString(folder.resolve("a.txt"), "one\ntwo\n");
        assertThatThrownBy(() -> golden(Golden.Mode.COMPARE).compare("a.txt", "one\nzwei\n"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining("expected: two")
                .hasMessageContaining("actual:   zwei");
    }

    @Test
    void missingEndOfLineIsADifference() throws IOException {
        Files.writeString(folder.resolve("a.txt"), "one\n");
        assertThatThrownBy(() -> golden(Golden.Mode.COMPARE).compare("a.txt", "one"))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void missingFileFails() {
        assertThatThrownBy(() -> golden(Golden.Mode.COMPARE).compare("a.txt", ""))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("does not exist");
    }

    @Test
    void updateIsRefusedInCi() {
        assertThatThrownBy(() -> golden(Golden.Mode.REFUSE_UPDATE).compare("a.txt", "one"))
                .isInstanceOf(AssertionError.class);
        assertThat(folder.resolve("a.txt")).doesNotExist();
    }

    @Test
    void nameCannotLeaveTheFolder() {
        assertThatThrownBy(() -> golden(Golden.Mode.UPDATE).compare("../a.txt", "one"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void testDataIsFound() {
        assertThat(TestData.path("golden")).isDirectory();
    }
}
