package dev.settle.app.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OwnJarTest {
    @TempDir
    Path folder;

    private Path file;
    private OwnJar jar;

    @BeforeEach
    void setUp() throws IOException {
        file = Files.writeString(folder.resolve("settle.jar"), "one");
        jar = new OwnJar(List.of("java", "-jar", file.toString()));
    }

    @Test
    void jarThatStaysIsNotReplaced() {
        assertThat(jar.isReplaced(Duration.ofDays(1))).isFalse();
    }

    @Test
    void anotherJarCountsOnceItHasStayedForAWhile() throws IOException {
        Files.writeString(file, "another");
        assertThat(jar.isReplaced(Duration.ofSeconds(100))).isFalse();
        assertThat(jar.isReplaced(Duration.ofSeconds(109))).isFalse();
        Files.writeString(file, "yet another one");
        assertThat(jar.isReplaced(Duration.ofSeconds(111))).isFalse();
        assertThat(jar.isReplaced(Duration.ofSeconds(121))).isTrue();
    }

    @Test
    void jarThatWasRemovedIsNotReplacedAndOneThatCameBackIsNotEither() throws IOException {
        Path aside = Files.move(file, folder.resolve("aside"));
        assertThat(jar.isReplaced(Duration.ofSeconds(100))).isFalse();
        assertThat(jar.isReplaced(Duration.ofSeconds(200))).isFalse();
        Files.move(aside, file);
        assertThat(jar.isReplaced(Duration.ofSeconds(300))).isFalse();
        assertThat(jar.isReplaced(Duration.ofSeconds(400))).isFalse();
    }

    @Test
    void processThatWasStartedFromNoJarHasNoneToBeReplaced() {
        assertThat(new OwnJar(List.of("java", "Main", "-jar")).isReplaced(Duration.ofDays(1)))
                .isFalse();
    }
}
