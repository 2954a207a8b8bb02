package dev.settle.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class EnvironmentTest {
    @Test
    void homeIsTheVariableElseThePasswordFilesElseTheRoot() {
        assertThat(Environment.home("/home/ada", "/root")).isEqualTo(Path.of("/home/ada"));
        assertThat(Environment.home(null, "/root")).isEqualTo(Path.of("/root"));
        assertThat(Environment.home("relative", "/root")).isEqualTo(Path.of("/root"));
        // What the JVM says of a user who is not in the password file, as in containers with a user of their own.
        assertThat(Environment.home(null, "?")).isEqualTo(Path.of("/"));
        assertThat(Environment.home("", null)).isEqualTo(Path.of("/"));
    }
}
