package dev.settle.app.engine.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FolderNoticesTest {
    @TempDir
    private Path home;

    private final BlockingQueue<String> first = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> second = new LinkedBlockingQueue<>();

    private Path folder(String name) throws IOException {
        return Files.createDirectories(home.resolve(name));
    }

    private static String next(BlockingQueue<String> told) throws InterruptedException {
        return String.valueOf(told.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void eachIsToldOfItsOwnFolder() throws IOException, InterruptedException {
        Path a = folder("a");
        Path b = folder("b");
        try (FolderNotices.Listening ofA = FolderNotices.listen(a, first::add);
                FolderNotices.Listening ofB = FolderNotices.listen(b, second::add)) {
            assertThat(ofA.key()).isNotEqualTo(ofB.key());
            Files.createFile(b.resolve("train.2"));
            Files.createFile(a.resolve("train.1"));
            assertThat(next(first)).isEqualTo("train.1");
            assertThat(next(second)).isEqualTo("train.2");
        }
        assertThat(first).isEmpty();
    }

    @Test
    void whoLeavesAFolderTakesNobodyElsesNoticesAlong() throws IOException, InterruptedException {
        Path folder = folder("records");
        FolderNotices.Listening leaves = FolderNotices.listen(folder, first::add);
        try (FolderNotices.Listening stays = FolderNotices.listen(folder, second::add)) {
            leaves.close();
            leaves.close();
            Files.createFile(folder.resolve("train.1"));
            assertThat(next(second)).isEqualTo("train.1");
            assertThat(stays.key().isValid()).isTrue();
        }
        assertThat(first).isEmpty();
        assertThat(leaves.key().isValid()).isFalse();
    }

    @Test
    void folderThatIsGoneKeepsNobodyElseFromBeingTold() throws IOException, InterruptedException {
        Path gone = folder("gone");
        Path stays = folder("stays");
        try (FolderNotices.Listening ofGone = FolderNotices.listen(gone, first::add);
                FolderNotices.Listening ofStays = FolderNotices.listen(stays, second::add)) {
            Files.delete(gone);
            Files.createFile(stays.resolve("train.1"));
            assertThat(next(second)).isEqualTo("train.1");
            assertThat(ofGone.key()).isNotEqualTo(ofStays.key());
        }
    }

    @Test
    void defectOfOneWhoListensEndsNothing() throws IOException, InterruptedException {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        BlockingQueue<String> defects = new LinkedBlockingQueue<>();
        Thread.setDefaultUncaughtExceptionHandler((thread, defect) -> defects.add(String.valueOf(defect.getMessage())));
        Path folder = folder("records");
        try (FolderNotices.Listening fails = FolderNotices.listen(folder, name -> {
                    throw new IllegalStateException("a defect with " + name);
                });
                FolderNotices.Listening stays = FolderNotices.listen(folder, second::add)) {
            Files.createFile(folder.resolve("train.1"));
            assertThat(next(defects)).isEqualTo("a defect with train.1");
            assertThat(next(second)).isEqualTo("train.1");
            assertThat(fails.key()).isEqualTo(stays.key());
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }
}
