package dev.settle.app.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogTailTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("stdout");
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Test
    void fileThatIsNotThereHasNoLinesYet() throws IOException {
        LogTail tail = new LogTail(100);
        assertThat(tail.of(file)).isEmpty();
        write("a\n");
        assertThat(tail.of(file)).containsExactly("a");
    }

    @Test
    void growingFileIsReadAgainAndAnUnfinishedLineIsShown() throws IOException {
        LogTail tail = new LogTail(100);
        write("a\n\nb");
        assertThat(tail.of(file)).containsExactly("a", "", "b");
        write("c\n");
        assertThat(tail.of(file)).containsExactly("a", "", "bc");
    }

    @Test
    void onlyWholeLinesOfTheEndAreRead() throws IOException {
        write("first line\nsecond\nthird\n");
        assertThat(new LogTail(14).of(file)).containsExactly("second", "third");
        assertThat(new LogTail(10).of(file)).containsExactly("third");
    }

    @Test
    void carriageReturnEndsNoLine() throws IOException {
        write("10%\r50%\r100%\n");
        assertThat(new LogTail(100).of(file)).containsExactly("10%\r50%\r100%");
    }

    @Test
    void shorterFileOfALaterAttemptIsReadAnew() throws IOException {
        LogTail tail = new LogTail(100);
        write("long output\nof the first attempt\n");
        tail.of(file);
        Files.writeString(file, "new\n");
        assertThat(tail.of(file)).containsExactly("new");
    }
}
