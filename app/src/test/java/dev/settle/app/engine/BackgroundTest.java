package dev.settle.app.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class BackgroundTest {
    @Test
    void aDriverIsStartedAsTheCommandThatStartsIt() {
        assertThat(Background.driverCommand(List.of("java", "-Xmx1g", "-jar", "/s/lib/settle.jar", "submit", "-jar")))
                .containsExactly("java", "-Xmx1g", "-jar", "/s/lib/settle.jar");
    }

    @Test
    void aDriverHasNoneOfTheLibrariesAndArchivesOfAnMcpServer() {
        assertThat(Background.driverCommand(List.of(
                        "java",
                        "-XX:SharedArchiveFile=/s/lib/archive/17.jsa:/s/lib/archive/17-mcp.jsa",
                        "-Xmx1g",
                        "-cp",
                        "/s/lib/settle.jar:/s/lib/mcp/a.jar",
                        "dev.settle.app.Main",
                        "mcp")))
                .containsExactly(
                        "java", "-XX:SharedArchiveFile=/s/lib/archive/17.jsa", "-Xmx1g", "-jar", "/s/lib/settle.jar");
    }

    @Test
    void aDriverTakesUpWhatEarlierVersionsLeft() {
        assertThat(Background.isEarlier("0.1.0", "0.2.0")).isTrue();
        assertThat(Background.isEarlier("0.9.0", "0.10.0")).isTrue();
        assertThat(Background.isEarlier("0.1.0-SNAPSHOT", "0.1.0")).isTrue();
        assertThat(Background.isEarlier("0.1.0", "0.1.0")).isFalse();
        assertThat(Background.isEarlier("0.2.0", "0.1.0")).isFalse();
        assertThat(Background.isEarlier("what is this", "0.1.0")).isFalse();
    }
}
